package dev.freshet.eventlog;

import static dev.freshet.eventlog.EventLogFixtures.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogRetentionTest {
    private final EventLogOptions options = EventLogOptions.in(Path.of("log"))
            .withFiles(new MemoryLogFiles())
            .withReserveBytes(0)
            .withSegmentBytes(100);

    @Test
    void theLogWaitsForTheSlowest() {
        try (EventLog log = EventLog.open(options)) {
            append(log, 6);
            LogRetention retention = new LogRetention(log);
            LogRetention.Frontier stored = retention.add("stored", 0);
            LogRetention.Frontier profiled = retention.add("profiled", 0);

            stored.advanceTo(6);
            assertThat(log.oldestPosition()).isEqualTo(1);
            profiled.advanceTo(3);
            assertThat(log.oldestPosition()).isEqualTo(4);
            profiled.advanceTo(2);
            assertThat(profiled.position()).isEqualTo(3);
        }
    }

    @Test
    void aReaderOfMixedBlocksStepsOverAllOthersAndKnowsHowFarItIs() throws InterruptedException {
        try (EventLog log = EventLog.open(options)) {
            append(log, 4);
            EventRowsBuilder mixed = new EventRowsBuilder(64);
            new DeadLetter("team", 1, "native", "code", "message", "body").addTo(mixed);
            log.writer().append(mixed.build(), 1);
            append(log, 3);
            try (EventLogReader reader = log.readMixedFrom(2)) {
                Optional<EventRows> block = reader.next(Duration.ZERO);
                assertThat(block).map(EventRows::count).contains(1);
                assertThat(reader.position()).isEqualTo(6);
                assertThat(reader.next(Duration.ZERO)).isEmpty();
                assertThat(reader.position()).isEqualTo(9);
            }
        }
        try (EventLog log = EventLog.open(options);
                EventLogReader reader = log.readMixedFrom(0)) {
            assertThat(reader.next(Duration.ZERO)).map(EventRows::isMixed).contains(true);
        }
    }

    private static void append(EventLog log, int count) {
        for (int i = 0; i < count; i++) {
            log.writer().append(events(i, 1), 1);
            log.writer().sync();
        }
    }
}
