package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.RowKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlannedCutTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void aCutOfOneDaySendsItsBlocksAsTheyAre() {
        List<EventRows> blocks = List.of(TestEvents.block(5, 3, NOON), TestEvents.block(8, 2, NOON));

        PlannedCut planned = PlannedCut.next("log", blocks, 100, 10);

        assertThat(planned.cut()).isEqualTo(new Cut(5, 9));
        assertThat(planned.batches()).containsExactly(new DayBatch(RowKind.EVENT, "log-5-9-20513", blocks, 5));
    }

    @Test
    void eachDayIsAnInsertThatKeepsTheOrder() {
        EventRows block = TestEvents.block(1, 6, NOON, Duration.ofHours(13));

        PlannedCut planned = PlannedCut.next("log", List.of(block), 100, 10);

        assertThat(planned.batches().stream().map(DayBatch::token))
                .containsExactly("log-1-6-20513", "log-1-6-20514", "log-1-6-20515", "log-1-6-20516");
        assertThat(planned.batches().stream().map(PlannedCutTest::positions))
                .containsExactly(List.of(1L), List.of(2L, 3L), List.of(4L, 5L), List.of(6L));
    }

    @Test
    void aCutEndsWhereALimitIsReachedAlsoInsideABlock() {
        EventRows block = TestEvents.block(1, 6, NOON, Duration.ofHours(13));

        assertThat(PlannedCut.next("log", List.of(block), 4, 10).cut()).isEqualTo(new Cut(1, 4));
        assertThat(PlannedCut.next("log", List.of(block), 100, 2).cut()).isEqualTo(new Cut(1, 3));
    }

    @Test
    void aRecordedCutIsTheSameInsertsWhateverBlocksTheLogGives() {
        EventRows whole = TestEvents.block(1, 8, NOON, Duration.ofHours(7));
        Cut cut = new Cut(2, 7);

        PlannedCut once = PlannedCut.of("log", cut, List.of(whole));
        PlannedCut again =
                PlannedCut.of("log", cut, List.of(TestEvents.block(1, 3, NOON, Duration.ofHours(7)), whole.skip(3)));

        assertThat(again.batches().stream().map(DayBatch::token))
                .containsExactlyElementsOf(
                        once.batches().stream().map(DayBatch::token).toList());
        assertThat(again.batches().stream().map(PlannedCutTest::positions))
                .containsExactlyElementsOf(
                        once.batches().stream().map(PlannedCutTest::positions).toList());
    }

    @Test
    void halvesAreNamedByTheirOwnRows() {
        DayBatch batch = new DayBatch(RowKind.EVENT, "log-1-5-20513", List.of(TestEvents.block(1, 5, NOON)), 5);

        assertThat(batch.halves().stream().map(DayBatch::token))
                .containsExactly("log-1-5-20513/1+2", "log-1-5-20513/3+3");
        assertThat(batch.halves().stream().map(PlannedCutTest::positions))
                .containsExactly(List.of(1L, 2L), List.of(3L, 4L, 5L));
    }

    @Test
    void theEventsAndTheDeadLettersOfADayAreInsertsOfTheirOwn() {
        EventRowsBuilder rows = new EventRowsBuilder(256);
        new DeadLetter("team", NOON.toEpochMilli(), "segment", "missing_field", "no user", "{}").addTo(rows);
        TestEvents.add(rows, 2, NOON, "/");
        EventRows block = TestEvents.stamped(rows, 1);

        PlannedCut planned = PlannedCut.next("log", List.of(block), 100, 10);

        assertThat(planned.batches())
                .extracting(DayBatch::kind, DayBatch::token)
                .containsExactly(
                        tuple(RowKind.EVENT, "log-1-2-20513"), tuple(RowKind.DEAD_LETTER, "log-1-2-20513-rejected"));
    }

    private static List<Long> positions(DayBatch batch) {
        List<Long> positions = new ArrayList<>();
        for (EventRows rows : batch.rows()) {
            EventCursor cursor = rows.cursor();
            while (cursor.next()) {
                positions.add(cursor.logPosition());
            }
        }
        return positions;
    }
}
