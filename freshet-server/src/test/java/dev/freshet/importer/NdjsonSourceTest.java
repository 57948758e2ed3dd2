package dev.freshet.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.importer.LineReject.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class NdjsonSourceTest {
    private static final String ID = "00000000-0000-4000-8000-000000000001";

    @Test
    void aLineWithAnIdIsPassedOnAsItIs() throws ImportException {
        String line = "  {\"b\":{\"event_id\":1},\"event_id\":\"" + ID + "\",\"timestamp\":1700000000000 }";
        assertThat(read(line + "\r\n"))
                .containsExactly(new ImportEvent(
                        1,
                        Optional.of(UUID.fromString(ID)),
                        Optional.of(Instant.ofEpochMilli(1_700_000_000_000L)),
                        line));
    }

    @Test
    void aLineWithoutAnIdIsGivenOneThatStaysTheSame() throws ImportException {
        String text = "{\"name\":\"a\",\"timestamp\":\"2026-01-02T03:04:05.678+01:00\"}\n\n{ }\n{\"name\":\"a\"}";
        List<SourceItem> first = read(text);
        assertThat(first).hasSize(3).isEqualTo(read(text));
        ImportEvent event = (ImportEvent) first.getFirst();
        assertThat(event.json())
                .isEqualTo("{\"event_id\":\"" + event.eventId().orElseThrow()
                        + "\",\"name\":\"a\",\"timestamp\":\"2026-01-02T03:04:05.678+01:00\"}");
        assertThat(event.timestamp()).contains(Instant.parse("2026-01-02T02:04:05.678Z"));
        assertThat(((ImportEvent) first.get(1)).json()).matches("\\{\"event_id\":\"[0-9a-f-]{36}\" }");
        assertThat(first).extracting(SourceItem::lineNumber).containsExactly(1L, 3L, 4L);
    }

    @Test
    void aLineThatIsNoUtf8IsRefusedAndNotMended() throws ImportException {
        byte[] bytes = "{\"name\":\"\u00e4\"}\n{\"name\":\"\ufffd\"}\n".getBytes(StandardCharsets.UTF_8);
        bytes[9] = (byte) 0xff;
        List<SourceItem> items = Sources.items(new NdjsonSource(Sources.file(bytes)));
        assertThat(items.getFirst()).isEqualTo(new LineReject(1, Reason.INVALID_JSON, "Line 1 is no text in UTF-8."));
        assertThat(items.getLast()).isInstanceOf(ImportEvent.class);
    }

    @Test
    void aNullIdIsTheSameAsNone() throws ImportException {
        String text = "{\"name\":\"ü😀\", \"event_id\" : null ,\"timestamp\":1}";
        List<SourceItem> first = read(text);
        assertThat(first).isEqualTo(read(text));
        ImportEvent event = (ImportEvent) first.getFirst();
        assertThat(event.json())
                .isEqualTo("{\"name\":\"ü😀\", \"event_id\" : \""
                        + event.eventId().orElseThrow() + "\" ,\"timestamp\":1}");
    }

    @Test
    void whatTheServerWillRefuseIsLeftToIt() throws ImportException {
        String text = """
                {"event_id":"mine","timestamp":"yesterday"}
                {"event_id":{"a":[1]},"timestamp":[{"a":1}]}
                {"event_id":"1-1-1-1-1","timestamp":99999999999999999999}
                """;
        assertThat(read(text))
                .hasSize(3)
                .allSatisfy(item -> assertThat(item).isInstanceOfSatisfying(ImportEvent.class, event -> {
                    assertThat(event.eventId()).isEmpty();
                    assertThat(event.timestamp()).isEmpty();
                    assertThat(text).contains(event.json());
                }));
    }

    @Test
    void aLineThatIsNoObjectIsRejectedByNumber() throws ImportException {
        List<SourceItem> items = read("[1]\n{\"a\":\n{\"a\":1} {\"b\":2}\nnull\n" + "{\"a\":\""
                + "x".repeat(NumberedLines.MAX_LINE_BYTES) + "\"}\n{\"a\":1}");
        assertThat(items)
                .filteredOn(LineReject.class::isInstance)
                .extracting(item -> ((LineReject) item).reason())
                .containsExactly(
                        Reason.NOT_AN_OBJECT,
                        Reason.INVALID_JSON,
                        Reason.INVALID_JSON,
                        Reason.NOT_AN_OBJECT,
                        Reason.LINE_TOO_LONG);
        assertThat(items.getLast()).isInstanceOf(ImportEvent.class);
        assertThat(items.getLast().lineNumber()).isEqualTo(6);
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ImportFile.of(java.nio.file.Path.of("no-such-file.log")))
                .isInstanceOf(ImportException.class)
                .hasMessage("Cannot read no-such-file.log: there is no such file.");
    }

    private static List<SourceItem> read(String text) throws ImportException {
        return Sources.items(EventSource.open(Sources.file(text), ImportFormat.NDJSON));
    }
}
