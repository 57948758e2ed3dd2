package dev.freshet.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RowKindTest {
    @Test
    void rowsOfAllKindsStandInOneBlock() {
        ProfileChange change = new ProfileChange(
                "team", ProfileChange.Kind.ALIAS, "ada", "anonymous-1", 17, "{\"set\":{\"plan\":\"pro\"}}");
        DeadLetter letter = new DeadLetter("team", 18, "segment", "missing_field", "event is missing.", "{\"x\":");
        EventRowsBuilder builder = new EventRowsBuilder(16);
        builder.row(16, 1, 2, EventType.ERROR_OCCURRED)
                .text("team")
                .text("E1")
                .text("ada")
                .text("")
                .text("{}");
        change.addTo(builder, 3, 4);
        letter.addTo(builder);
        EventRows rows = builder.build();
        rows.stamp(100, 18);

        EventCursor cursor = rows.cursor();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.kind()).isEqualTo(RowKind.EVENT);
        assertThat(cursor.isEvent()).isTrue();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.kind()).isEqualTo(RowKind.PROFILE_CHANGE);
        assertThat(cursor.isEvent()).isFalse();
        assertThat(cursor.logPosition()).isEqualTo(101);
        assertThat(ProfileChange.of(cursor)).isEqualTo(change);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.kind()).isEqualTo(RowKind.DEAD_LETTER);
        assertThat(DeadLetter.of(cursor)).isEqualTo(letter);
        assertThatThrownBy(cursor::eventType).isInstanceOf(IllegalArgumentException.class);
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void aDeadLettersBodyIsCutBetweenCharacters() {
        byte[] sent = "ü".repeat(DeadLetter.MOST_BODY_BYTES).getBytes(StandardCharsets.UTF_8);

        assertThat(DeadLetter.bodyOf(sent, 1, sent.length - 1))
                .hasSizeBetween(DeadLetter.MOST_BODY_BYTES / 2 - 1, DeadLetter.MOST_BODY_BYTES / 2 + 1);
        assertThat(DeadLetter.bodyOf(sent, 0, 4)).isEqualTo("üü");
    }
}
