package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random faults, crashes and loads: afterwards the table and every rollup hold each event of the log once. */
final class EventStoreWriterFuzzTest {
    private static final int ROUNDS = 6;

    @TempDir
    private Path folder;

    @Test
    void everyEventOfTheLogIsStoredOnceWhateverFails() throws InterruptedException {
        long seed = Long.getLong("freshet.test.seed", System.nanoTime());
        Random random = new Random(seed);
        try (WriterWorld world = new WriterWorld(folder, EngineUnderTest.newStore())) {
            long appended = 0;
            for (int round = 0; round < ROUNDS; round++) {
                world.store.setFault(unreliable(new Random(random.nextLong())));
                world.store.setSyncFailing(random.nextInt(3) == 0);
                world.start(options(random));
                int blocks = 1 + random.nextInt(6);
                for (int block = 0; block < blocks; block++) {
                    int count = 1 + random.nextInt(80);
                    Instant first = TestEvents.noon().minus(Duration.ofHours(random.nextInt(72)));
                    world.append(TestEvents.block(1, count, first, Duration.ofMinutes(random.nextInt(90))));
                    appended += count;
                }
                long reach = world.writer().insertedPosition()
                        + random.nextLong(appended - world.writer().insertedPosition() + 1);
                world.awaitInserted(reach);
                world.crash();
            }
            world.start();
            world.awaitInserted(appended);

            long expected = appended;
            assertThat(world.counts()).as("seed " + seed).matches(counts -> counts.areAll(expected));
            assertThat(world.number("SELECT uniqExact(log_position) FROM events"))
                    .as("seed " + seed)
                    .isEqualTo(expected);
        }
    }

    private static WriterOptions options(Random random) {
        WriterOptions eager = WriterWorld.EAGER;
        return new WriterOptions(
                eager.flushInterval(),
                1 + random.nextInt(60),
                eager.pace(),
                eager.paceEvents(),
                eager.paceBytes(),
                eager.mostPace(),
                eager.hurryEvents(),
                eager.hurryBytes(),
                1 + random.nextInt(200),
                1 + random.nextInt(5),
                eager.syncInterval(),
                eager.firstBackoff(),
                eager.mostBackoff());
    }

    /** One insert in four fails, half of these after it took effect. */
    private static UnreliableStore.Fault unreliable(Random random) {
        return new UnreliableStore.Fault() {
            @Override
            public void beforeInsert(TableInsert insert) {
                maybe();
            }

            @Override
            public void afterInsert(TableInsert insert) {
                maybe();
            }

            private void maybe() {
                if (random.nextInt(8) == 0) {
                    throw UnreliableStore.unreachable();
                }
            }
        };
    }
}
