package dev.freshet.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventRowsTest {
    private static final UUID ID = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");

    @Test
    void givesBackWhatWasBuilt() {
        EventCursor cursor = rows("a", "b").cursor();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.teamId()).isEqualTo("team");
        assertThat(cursor.name()).isEqualTo("a");
        assertThat(cursor.userId()).isEqualTo("ünicode 😀");
        assertThat(cursor.sessionId()).isEmpty();
        assertThat(cursor.properties()).isEqualTo("{\"a\":1}");
        assertThat(cursor.timestampMs()).isEqualTo(-5);
        assertThat(cursor.eventId()).isEqualTo(ID);
        assertThat(cursor.eventType()).isEqualTo(EventType.CONVERSION_STEP);
        assertThat(cursor.logPosition()).isZero();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.name()).isEqualTo("b");
        assertThat(cursor.next()).isFalse();
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void comesInPiecesThatHoldAllRowsAndNoMoreBytesThanAsked() {
        EventRows rows = rows("a", "b".repeat(150), "c", "d", "e");
        int rowBytes = rows("a").sizeBytes();

        List<EventRows> pieces = rows.pieces(2 * rowBytes);

        assertThat(pieces).extracting(EventRows::count).containsExactly(1, 1, 2, 1);
        assertThat(pieces.stream().mapToInt(EventRows::sizeBytes).sum()).isEqualTo(rows.sizeBytes());
        List<String> names = new ArrayList<>();
        for (EventRows piece : pieces) {
            EventCursor cursor = piece.cursor();
            while (cursor.next()) {
                names.add(cursor.name());
            }
        }
        assertThat(names).containsExactly("a", "b".repeat(150), "c", "d", "e");
        assertThat(rows.pieces(rows.sizeBytes())).containsExactly(rows);
    }

    @Test
    void growsToWhatItsProgressLetsExpectAndNeverPastItsBound() {
        byte[] kilobyte = new byte[1_000];
        int[] done = {0};
        EventRowsBuilder builder = new EventRowsBuilder(0, 100_000, () -> done[0] / 200.0);
        assertThatThrownBy(() -> {
                    while (true) {
                        builder.row(0, 0, 0, EventType.PAGE_VIEW).text(kilobyte, 0, kilobyte.length);
                        done[0]++;
                    }
                })
                .isInstanceOfSatisfying(
                        RowsTooLargeException.class,
                        tooLarge -> assertThat(tooLarge.mostBytes()).isEqualTo(100_000));
        assertThat(builder.sizeBytes()).isBetween(98_000, 100_000);
    }

    @Test
    void givesNoMuchLargerArrayAwayThanItsRowsNeed() {
        EventRowsBuilder builder = new EventRowsBuilder(1 << 20);
        EventRows rows = builder.row(0, 0, 0, EventType.PAGE_VIEW)
                .text("team")
                .text("")
                .text("u")
                .text("")
                .text("{}")
                .build();

        assertThat(rows.array()).hasSize(rows.sizeBytes());
    }

    @Test
    void laysARowOutAsClickHouseReadsRowBinary() {
        EventRows rows = rows("n");
        rows.stamp(0x0102030405060708L, 1_700_000_000_123L);
        ByteBuffer bytes = rows.buffer().order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getLong()).isEqualTo(0x0102030405060708L);
        assertThat(bytes.getLong()).isEqualTo(1_700_000_000_123L);
        assertThat(bytes.getLong()).isEqualTo(-5);
        assertThat(bytes.getLong()).isEqualTo(ID.getMostSignificantBits());
        assertThat(bytes.getLong()).isEqualTo(ID.getLeastSignificantBits());
        assertThat(bytes.get()).isEqualTo((byte) 4);
        byte[] texts = new byte[bytes.remaining()];
        bytes.get(texts);
        assertThat(new String(texts, StandardCharsets.UTF_8)).isEqualTo("\4team\1n\15ünicode 😀\0\7{\"a\":1}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152})
    void carriesTextsOfAnyLength(int length) {
        String text = "x".repeat(length);
        EventRowsBuilder builder = new EventRowsBuilder(0);
        builder.row(0, 0, 0, EventType.PAGE_VIEW)
                .text("")
                .text(text)
                .text("")
                .text("")
                .text("");
        EventCursor cursor = builder.build().cursor();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.name()).isEqualTo(text);
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void stampsConsecutivePositionsAndOneTimeOfReceipt() {
        EventRows rows = rows("a", "b", "c");
        rows.stamp(7, 99);
        EventCursor cursor = rows.cursor();
        for (long position = 7; cursor.next(); position++) {
            assertThat(cursor.logPosition()).isEqualTo(position);
            assertThat(cursor.receivedAtMs()).isEqualTo(99);
        }
    }

    @Test
    void skipsRowsFromTheFront() {
        EventRows rows = rows("a", "b", "c");
        assertThat(names(rows.skip(0))).containsExactly("a", "b", "c");
        assertThat(names(rows.skip(2))).containsExactly("c");
        assertThat(names(rows.skip(1).skip(1))).containsExactly("c");
        assertThat(rows.skip(3).isEmpty()).isTrue();
        assertThat(rows.skip(3).sizeBytes()).isZero();
        assertThatThrownBy(() -> rows.skip(4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void copiesRowsAndBlocks() {
        EventRows rows = rows("a", "b", "c");
        EventCursor cursor = rows.cursor();
        cursor.next();
        cursor.next();
        EventRows copy =
                new EventRowsBuilder(0).copyRow(cursor).copyRows(rows.skip(1)).build();
        assertThat(copy.count()).isEqualTo(3);
        assertThat(names(copy)).containsExactly("b", "b", "c");
    }

    @Test
    void feedsExactlyItsBytesToAChecksum() {
        EventRows rows = rows("a", "b").skip(1);
        CRC32C expected = new CRC32C();
        expected.update(rows.buffer());
        CRC32C actual = new CRC32C();
        rows.updateChecksum(actual);
        assertThat(actual.getValue()).isEqualTo(expected.getValue());
    }

    @Test
    void refusesRowsCutAtAnyByte() {
        EventRows rows = rows("name");
        byte[] whole = new byte[rows.sizeBytes()];
        rows.buffer().get(whole);
        for (int size = 1; size < whole.length; size++) {
            EventCursor cursor = new EventRows(Arrays.copyOf(whole, size), 0, size, 1, false).cursor();
            assertThatThrownBy(cursor::next).as("cut at %d", size).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesALengthThatNoRowHas() {
        byte[] bytes = new byte[200];
        Arrays.fill(bytes, 41, 46, (byte) 0xff);
        assertThatThrownBy(() ->
                        new EventRows(bytes, 0, bytes.length, 1, false).cursor().next())
                .isInstanceOf(IllegalStateException.class);
        bytes[45] = 0x10;
        Arrays.fill(bytes, 41, 45, (byte) 0x80);
        assertThatThrownBy(() ->
                        new EventRows(bytes, 0, bytes.length, 1, false).cursor().next())
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void findsEachTypeByItsNameAndItsCode(EventType type) {
        assertThat(EventType.ofWireName(type.wireName())).contains(type);
        assertThat(EventType.ofCode(type.code())).isEqualTo(type);
        assertThat(EventType.ofWireName("PAGE_VIEW")).isEmpty();
        assertThatThrownBy(() -> EventType.ofCode((byte) 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EventType.ofCode((byte) 5)).isInstanceOf(IllegalArgumentException.class);
    }

    private static EventRows rows(String... names) {
        EventRowsBuilder builder = new EventRowsBuilder(0);
        for (String name : names) {
            builder.row(-5, ID.getMostSignificantBits(), ID.getLeastSignificantBits(), EventType.CONVERSION_STEP);
            builder.text("team").text(name).text("ünicode 😀").text("").text("{\"a\":1}");
        }
        return builder.build();
    }

    private static List<String> names(EventRows rows) {
        List<String> names = new ArrayList<>();
        EventCursor cursor = rows.cursor();
        while (cursor.next()) {
            names.add(cursor.name());
        }
        return names;
    }
}
