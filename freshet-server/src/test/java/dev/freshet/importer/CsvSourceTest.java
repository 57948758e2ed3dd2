package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvSourceTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HEADER = "event_type,name,user_id,timestamp,properties,plan,amount\n";

    @TempDir
    private Path folder;

    private List<SourceItem> read(byte[] content) throws IOException, ImportException {
        Path file = Files.write(folder.resolve("events.csv"), content);
        List<SourceItem> items = new ArrayList<>();
        try (EventSource source = EventSource.open(ImportFile.of(file), ImportFormat.CSV)) {
            for (Optional<SourceItem> item = source.next(); item.isPresent(); item = source.next()) {
                items.add(item.get());
            }
            assertThat(source.bytesRead()).isEqualTo(source.bytesInAll());
        }
        return items;
    }

    private List<SourceItem> read(String content) throws IOException, ImportException {
        return read(content.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode json(SourceItem item) throws IOException {
        assertThat(item).isInstanceOf(ImportEvent.class);
        return JSON.readTree(((ImportEvent) item).json());
    }

    @Test
    void columnsAreFieldsAndAllOthersBecomeProperties() throws Exception {
        List<SourceItem> items = read(HEADER
                + "page_view,\"/a \"\"b\"\",\nc\",ada,2026-01-31T12:00:00+01:00,\"{\"\"a\"\":{\"\"b\"\":1},\"\"plan\"\":\"\"old\"\"}\",pro,12.50\n"
                + "feature_used,,bob,1769857200000,,,\n");

        JsonNode first = json(items.getFirst());
        assertThat(first.get("event_type").asText()).isEqualTo("page_view");
        assertThat(first.get("name").asText()).isEqualTo("/a \"b\",\nc");
        assertThat(first.get("timestamp").asLong()).isEqualTo(1_769_857_200_000L);
        assertThat(first.get("properties"))
                .isEqualTo(JSON.readTree("{\"a\":{\"b\":1},\"plan\":\"pro\",\"amount\":12.50}"));
        JsonNode second = json(items.get(1));
        assertThat(second.has("name")).isFalse();
        assertThat(second.get("properties")).isEmpty();
        assertThat(items).extracting(SourceItem::lineNumber).containsExactly(2L, 4L);
    }

    @Test
    void aRowThatIsNoUtf8IsRefusedByItsLineAndTheOthersGoIn() throws Exception {
        String row = "page_view,%s,ada,1769857200000,,,\n";
        byte[] latin =
                (HEADER + row.formatted("/caf\u00e9") + row.formatted("/b")).getBytes(StandardCharsets.ISO_8859_1);
        List<SourceItem> items = read(latin);

        assertThat(items).hasSize(2);
        assertThat(items.getFirst())
                .isEqualTo(new LineReject(
                        2, LineReject.Reason.MALFORMED_LINE, "Line 2 is no text in UTF-8; convert the file to UTF-8."));
        assertThat(json(items.get(1)).get("name").asText()).isEqualTo("/b");

        byte[] latinHeader = "event_type,caf\u00e9\npage_view,1\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> read(latinHeader)).hasMessageContaining("UTF-8");
    }

    @Test
    void everyCharacterOfUtf8IsTakenAlsoBehindAByteOrderMark() throws Exception {
        // The second is what others put in the place of broken text, the third has the half that marks it here.
        for (String name : List.of("\u00e9", "\uFFFD", "\uD800\uDC80", "\uDBFF\uDC80x")) {
            List<SourceItem> items = read("\uFEFF\"event_type\",name,user_id\npage_view,%s,ada\n".formatted(name));
            assertThat(json(items.getFirst()).get("name").asText()).isEqualTo(name);
        }
    }

    @Test
    void theSameFileGivesTheSameIdsAndEqualRowsGetDifferentOnes() throws Exception {
        String row = "page_view,/a,ada,1769857200000,,,\n";
        List<SourceItem> once = read(HEADER + row + row);
        List<SourceItem> again = read(HEADER + row + row);

        assertThat(once).isEqualTo(again);
        assertThat(json(once.get(0)).get("event_id"))
                .isNotEqualTo(json(once.get(1)).get("event_id"));
    }

    @Test
    void anIdOfTheFileIsKept() throws Exception {
        String id = "0197a000-0000-7000-8000-000000000001";

        List<SourceItem> items = read("event_id,event_type,user_id\n" + id + ",page_view,ada\n");

        assertThat(json(items.getFirst()).get("event_id").asText()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "click,/a,ada,,,,|unknown_event_type|column event_type",
                ",/a,ada,,,,|missing_field|column event_type",
                "page_view,/a,,,,,|missing_field|column user_id",
                "page_view,/a,ada,yesterday,,,|invalid_field|column timestamp",
                "page_view,/a,ada,2026-01-31T12:00:00,,,|invalid_field|column timestamp",
                "page_view,/a,ada,+999999999-12-31T23:59:59Z,,,|invalid_field|column timestamp",
                "page_view,/a,ada,,[1],,|invalid_field|column properties",
                "page_view,/a,ada,,{,,|invalid_field|column properties",
                "page_view,/a,ada,,{}{},,|invalid_field|column properties",
                "page_view,/a|malformed_line|2 fields",
                "page_view,/a,ada,,,,,|malformed_line|8 fields",
            })
    void aRowThatCannotBeUsedNamesItsLineAndColumn(String row, String code, String told) throws Exception {
        List<SourceItem> items = read(HEADER + row + "\npage_view,/a,ada,,,,\n");

        assertThat(items).hasSize(2);
        assertThat(items.getFirst()).isInstanceOfSatisfying(LineReject.class, reject -> {
            assertThat(reject.reason().wireName()).isEqualTo(code);
            assertThat(reject.message()).contains("Line 2", told);
        });
        assertThat(items.getLast()).isInstanceOf(ImportEvent.class);
    }

    @Test
    void aNameThatIsTooLongIsRefusedAndOneOfTwoHundredCharactersIsNot() throws Exception {
        List<SourceItem> items = read(
                "event_type,user_id,name\npage_view,u," + "😀".repeat(200) + "\npage_view,u," + "x".repeat(201) + "\n");

        assertThat(items.getFirst()).isInstanceOf(ImportEvent.class);
        assertThat(items.getLast())
                .isInstanceOfSatisfying(
                        LineReject.class, reject -> assertThat(reject.message()).contains("column name", "200"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "a,b\n", "event_type,event_type\n", "event_type,\n"})
    void aFileWithoutAUsableHeaderIsRefusedAsAWhole(String content) {
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("its first line must name");
    }

    @Test
    void aByteOrderMarkIsPassedOver() throws Exception {
        assertThat(read("\uFEFFevent_type,user_id\npage_view,ada\n").getFirst()).isInstanceOf(ImportEvent.class);
    }

    @Test
    void numbersInPropertiesStayAsTheyAreWritten() throws Exception {
        ImportEvent event = (ImportEvent) read("""
                        event_type,user_id,properties
                        page_view,ada,"{""a"":[12345678901234567890.50,{""b"":0e999999999999}]}"
                        """).getFirst();

        assertThat(event.json()).endsWith("\"properties\":{\"a\":[12345678901234567890.50,{\"b\":0e999999999999}]}}");
    }

    @Test
    void textsThatOnlyLookLikeNumbersStayTexts() throws Exception {
        JsonNode properties =
                json(read("event_type,user_id,a,b,c,d,e\npage_view,7,007,1e5,true,-0.5,12345678901234567890\n")
                                .getFirst())
                        .get("properties");

        assertThat(properties)
                .isEqualTo(JSON.readTree(
                        "{\"a\":\"007\",\"b\":\"1e5\",\"c\":true,\"d\":-0.5,\"e\":\"12345678901234567890\"}"));
    }

    /** Whatever the bytes are: events, rejects, or one refusal that says why. */
    @Test
    void noBytesMakeItFailInAnotherWay() throws IOException {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        String alphabet = "event_type,user_id\n\"\r{}[]:0123é\uD800\u0000 page_view";
        for (int round = 0; round < 2_000; round++) {
            byte[] body = new byte[random.nextInt(200)];
            random.nextBytes(body);
            StringBuilder text = new StringBuilder(round % 2 == 0 ? "event_type,user_id,properties,timestamp\n" : "");
            for (int length = random.nextInt(200); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            byte[] content = round % 3 == 0 ? body : text.toString().getBytes(StandardCharsets.UTF_8);
            try {
                assertThat(read(content)).as("seed %d, round %d", seed, round).doesNotContainNull();
            } catch (ImportException refusal) {
                assertThat(refusal.code())
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(ImportException.Code.UNREADABLE_FILE);
            }
        }
    }
}
