package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.event.Canary;
import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventRowsBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Canaries between events, through the real log, writer and engine. */
final class CanaryIT {
    @TempDir
    private Path folder;

    private WriterWorld world;

    @BeforeEach
    void open() {
        world = new WriterWorld(folder, EngineUnderTest.store(EngineUnderTest.newDatabaseName(), 500));
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void canary(long sentAtMs) {
        EventRowsBuilder rows = new EventRowsBuilder(256);
        new Canary("this one", sentAtMs).addTo(rows);
        world.append(rows.build());
    }

    @Test
    void aCanaryArrivesInItsTableAndIsInNobodysNumbers() {
        long sentAtMs = TestEvents.noon().toEpochMilli() + 7;
        world.append(TestEvents.block(1, 100, TestEvents.noon()));
        canary(sentAtMs);
        EventRowsBuilder letter = new EventRowsBuilder(256);
        new DeadLetter("team", sentAtMs, "native", "invalid_json", "why", "body").addTo(letter);
        world.append(letter.build());
        world.start();

        world.await(() -> world.announced() == 102);

        assertThat(CanaryRows.lastSentAtMs(world.engine, "this one")).isEqualTo(sentAtMs);
        assertThat(CanaryRows.lastSentAtMs(world.engine, "another")).isZero();
        assertThat(world.counts()).matches(counts -> counts.areAll(100));
        assertThat(world.number("SELECT count() FROM rejected_events")).isEqualTo(1);
        assertThat(world.number("SELECT max(log_position) FROM canary")).isEqualTo(101);
    }

    @Test
    void aCanaryWhoseAnswerWasLostIsThereOnce() throws InterruptedException {
        world.store.setFault(UnreliableStore.Fault.after());
        canary(TestEvents.noon().toEpochMilli());
        world.start();
        world.await(() -> world.store.tokens().size() >= 2);
        world.crash();
        world.start();
        world.awaitInserted(1);

        assertThat(world.number("SELECT count() FROM canary")).isEqualTo(1);
    }

    @Test
    void aBlockedStoreLetsNoneArriveUntilItIsOpenAgain() {
        long sentAtMs = TestEvents.noon().toEpochMilli();
        world.store.setFault(UnreliableStore.Fault.before());
        world.start();
        canary(sentAtMs);
        world.await(() -> world.store.tokens().size() >= 3);
        assertThat(CanaryRows.lastSentAtMs(world.engine, "this one")).isZero();

        world.store.setFault(UnreliableStore.Fault.none());
        world.awaitInserted(1);

        assertThat(CanaryRows.lastSentAtMs(world.engine, "this one")).isEqualTo(sentAtMs);
    }
}
