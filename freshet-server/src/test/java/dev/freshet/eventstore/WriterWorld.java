package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.event.EventRows;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogOptions;
import dev.freshet.eventlog.LogFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A real log, a real engine, and writers that come and go between them. */
final class WriterWorld implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Cuts at once whatever waits. */
    static final WriterOptions EAGER = new WriterOptions(
            Duration.ZERO,
            1,
            Duration.ZERO,
            20_000,
            8 * 1024 * 1024,
            Duration.ZERO,
            20_000,
            8 * 1024 * 1024,
            100_000,
            1024,
            Duration.ZERO,
            Duration.ofMillis(1),
            Duration.ofMillis(20));

    private final Path folder;
    final EmbeddedEventStore engine;
    final UnreliableStore store;
    final EventLog log;
    private @Nullable EventStoreWriter writer;
    private volatile long announced = -1;

    WriterWorld(Path folder, EmbeddedEventStore engine) {
        this.folder = folder;
        this.engine = engine;
        store = new UnreliableStore(engine);
        log = EventLog.open(EventLogOptions.in(folder.resolve("log")));
    }

    /** Makes a block durable, stamped with the next positions. */
    void append(EventRows rows) {
        log.writer().append(rows, Instant.now().toEpochMilli());
        log.writer().sync();
    }

    EventStoreWriter start(WriterOptions options) {
        EventStoreWriter next = new EventStoreWriter(
                store,
                EventSource.of(log),
                CutJournal.open(LogFiles.disk(), folder.resolve("cuts")),
                folder.resolve("refused.ndjson"),
                options,
                WriterClock.system(),
                position -> announced = position);
        next.start();
        writer = next;
        return next;
    }

    EventStoreWriter start() {
        return start(EAGER);
    }

    EventStoreWriter writer() {
        EventStoreWriter current = writer;
        assertThat(current).isNotNull();
        return current;
    }

    /** The last position that the owner of the log was told. */
    long announced() {
        return announced;
    }

    /** Ends the writer without letting it bring anything further; what follows is a new process. */
    void crash() throws InterruptedException {
        store.setFault(UnreliableStore.Fault.before());
        store.setSyncFailing(true);
        assertThat(writer().stop(Duration.ZERO)).isTrue();
        store.setFault(UnreliableStore.Fault.none());
        store.setSyncFailing(false);
    }

    void awaitInserted(long position) {
        await(() -> writer().insertedPosition() >= position);
    }

    void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNs)
                    .as(() -> "still waiting, the writer says " + writer().status())
                    .isNegative();
            LockSupport.parkNanos(500_000);
        }
    }

    StoredCounts counts() {
        return StoredCounts.of(engine);
    }

    long number(String sql) {
        return engine.query(StoreQuery.of(sql)).int64();
    }

    @Override
    public void close() {
        EventStoreWriter last = writer;
        if (last != null) {
            store.setFault(UnreliableStore.Fault.before());
            last.close();
        }
        log.close();
        EngineUnderTest.drop(engine);
    }
}
