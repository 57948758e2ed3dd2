package dev.freshet.chdb;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ClickHouse engine in this process, on one data folder. There can be one at a time in a process, and one process on
 * a folder. Safe from many threads; a call blocks its caller, which may be a virtual thread, while one of the engine's own
 * threads works.
 *
 * <p>Every statement has a time limit. The engine enforces it between blocks of rows; where it does not come to that, the
 * statement is killed from another connection; where even that does not help, the caller gets ENGINE_UNRESPONSIVE and the
 * connection is out of use until its call returns.
 */
public final class Chdb implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Chdb.class);

    private static final Duration KILL_GRACE = Duration.ofSeconds(5);
    private static final Duration KILL_AGAIN = Duration.ofMillis(20);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
    private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(10);

    /** Marks a connection's statements in system.processes, so that they can be killed. */
    private static final String MARK_SETTING = "log_comment";

    private static final AtomicBoolean isEngineOpen = new AtomicBoolean();
    private static final AtomicReference<String> openedFolder = new AtomicReference<>("");

    private final NativeLibrary library;
    private final ChdbOptions options;
    private final List<Worker> workers = new ArrayList<>();
    private final BlockingQueue<Worker> free = new LinkedBlockingQueue<>();
    private final Worker control;
    private final AtomicInteger unresponsive = new AtomicInteger();
    private volatile boolean isClosed;

    private Chdb(NativeLibrary library, ChdbOptions options) {
        this.library = library;
        this.options = options;
        control = new Worker("chdb-control", () -> connect("chdb-control"), _ -> {});
        control.awaitOpen();
        for (int i = 1; i <= options.connections(); i++) {
            String name = "chdb-" + i;
            Worker worker = new Worker(name, () -> connect(name), free::add);
            workers.add(worker);
        }
        workers.forEach(Worker::awaitOpen);
    }

    /**
     * Starts the engine.
     *
     * @throws ChdbException LIBRARY_UNUSABLE, ENGINE_NOT_OPENED
     */
    public static Chdb open(ChdbOptions options) {
        NativeLibrary library = NativeLibrary.load(options.library());
        String folder = options.dataFolder().toAbsolutePath().normalize().toString();
        if (!isEngineOpen.compareAndSet(false, true)) {
            throw new ChdbException(
                    ChdbException.ENGINE_NOT_OPENED,
                    "this process has an engine open on %s: close that one first".formatted(openedFolder.get()));
        }
        openedFolder.set(folder);
        try {
            return new Chdb(library, options);
        } catch (RuntimeException e) {
            isEngineOpen.set(false);
            throw rethrown(e);
        }
    }

    private EngineConnection connect(String name) {
        List<String> arguments = new ArrayList<>();
        arguments.add("clickhouse");
        arguments.add("--path=" + options.dataFolder().toAbsolutePath().normalize());
        options.serverOptions().forEach((option, value) -> arguments.add("--" + option + "=" + value));
        Map<String, String> defaults = new HashMap<>(options.settings());
        defaults.put(MARK_SETTING, name);
        return new EngineConnection(library, arguments, defaults);
    }

    /**
     * Runs a statement and gives its whole result, which must fit into memory.
     *
     * @throws ChdbException the engine's failure, TIMEOUT_EXCEEDED, QUERY_WAS_CANCELLED, NO_FREE_CONNECTION, ENGINE_CLOSED
     */
    public ChdbResult query(Statement statement) {
        return run(statement, connection -> connection.query(statement));
    }

    /** Runs a statement whose result is read while it is made. The caller must close the stream. */
    public ChdbResultStream stream(Statement statement) {
        ChdbResultStream stream = new ChdbResultStream();
        Worker worker = acquire();
        Worker.Handle<Boolean> handle = worker.submit(connection -> {
            try {
                connection.stream(statement, stream::offer);
                stream.end();
            } catch (InterruptedException e) {
                stream.breakOff(Worker.closed());
                throw e;
            } catch (RuntimeException | Error e) {
                // Also what nobody foresaw: the reader must not wait for ever.
                stream.breakOff(e);
            }
            return true;
        });
        if (!Cancellation.begin(statement.cancellation(), () -> kill(worker, handle))) {
            stream.close();
            throw cancelled();
        }
        return stream;
    }

    /**
     * Inserts what the source gives. The source is called on one of the engine's threads.
     *
     * @param statement {@code INSERT INTO t (a, b)} and the data's format
     * @throws ChdbException as {@link #query}, and INSERT_SOURCE_FAILED
     */
    public InsertSummary insert(Statement statement, InsertSource source) {
        return run(statement, connection -> connection.insert(statement, source));
    }

    /** What a text would do, by the engine's own parser, without running it. */
    public StatementClass classify(String sql) {
        return run(Statement.of("").withTimeout(CONTROL_TIMEOUT), connection -> connection.classify(sql));
    }

    /**
     * Writes a database into one archive file.
     *
     * @param target absolute, not there yet, in a folder that the server option {@code backups.allowed_path} covers
     */
    public void backup(String database, Path target, Duration timeout) {
        run(Statement.of("").withTimeout(timeout), connection -> {
            connection.backup(database, target);
            return true;
        });
    }

    /** Brings back what {@link #backup} wrote, into a database that has none of its tables. */
    public void restore(String database, Path source, Duration timeout) {
        run(Statement.of("").withTimeout(timeout), connection -> {
            connection.restore(database, source);
            return true;
        });
    }

    /** Such as {@code 26.7.3}. */
    public String engineVersion() {
        return library.version();
    }

    /** Connections whose native call overstayed its limit and has not returned; 0 in a healthy process. */
    public int unresponsiveConnections() {
        return unresponsive.get();
    }

    private <T> T run(Statement statement, Worker.Task<T> task) {
        Worker worker = acquire();
        Worker.Handle<T> handle = worker.submit(task);
        if (!Cancellation.begin(statement.cancellation(), () -> kill(worker, handle))) {
            kill(worker, handle);
        }
        try {
            return handle.result().get(statement.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return afterTimeout(statement, worker, handle);
        } catch (ExecutionException e) {
            throw rethrown(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            kill(worker, handle);
            Thread.currentThread().interrupt();
            throw cancelled();
        }
    }

    private <T> T afterTimeout(Statement statement, Worker worker, Worker.Handle<T> handle) {
        kill(worker, handle);
        String limit = "the statement passed its limit of " + statement.timeout();
        try {
            T late = handle.result().get(KILL_GRACE.toNanos(), TimeUnit.NANOSECONDS);
            log.debug("statement finished past its limit [limit={}]", statement.timeout());
            return late;
        } catch (ExecutionException e) {
            ChdbException timeout =
                    new ChdbException(ChdbException.TIMEOUT_EXCEEDED, "TIMEOUT_EXCEEDED", limit + " and was cancelled");
            timeout.initCause(e.getCause());
            throw timeout;
        } catch (TimeoutException e) {
            unresponsive.incrementAndGet();
            var _ = handle.result().whenComplete((value, failure) -> unresponsive.decrementAndGet());
            throw new ChdbException(
                    ChdbException.ENGINE_UNRESPONSIVE,
                    limit + " and could not be cancelled; its connection is out of use until it returns",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled();
        }
    }

    private Worker acquire() {
        if (isClosed) {
            throw Worker.closed();
        }
        try {
            Worker worker = free.poll(options.acquireTimeout().toNanos(), TimeUnit.NANOSECONDS);
            if (worker == null) {
                throw new ChdbException(
                        ChdbException.NO_FREE_CONNECTION,
                        "all %d connections were busy for %s"
                                .formatted(options.connections(), options.acquireTimeout()));
            }
            if (isClosed) {
                throw Worker.closed();
            }
            return worker;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled();
        }
    }

    /**
     * Ends a worker's statement. Asks again until it has ended: at first it may not have begun, or not be known to the engine
     * yet. Returns at once.
     */
    private void kill(Worker worker, Worker.Handle<?> handle) {
        Thread.ofVirtual().name("chdb-kill").start(() -> {
            long deadlineNanos = System.nanoTime() + KILL_GRACE.toNanos();
            try {
                while (!handle.result().isDone() && System.nanoTime() < deadlineNanos) {
                    killIfRunning(worker, handle);
                    Thread.sleep(KILL_AGAIN);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void killIfRunning(Worker worker, Worker.Handle<?> handle) {
        worker.ifRunning(handle.number(), () -> killStatementOf(worker));
    }

    private void killStatementOf(Worker worker) {
        Statement kill = Statement.of(
                        "KILL QUERY WHERE Settings['" + MARK_SETTING + "'] = '" + worker.name() + "' ASYNC")
                .withTimeout(CONTROL_TIMEOUT);
        CompletableFuture<ChdbResult> done =
                control.submit(connection -> connection.query(kill)).result();
        try {
            done.get(CONTROL_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("a statement could not be killed [connection={}]", worker.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static ChdbException cancelled() {
        return new ChdbException(
                ChdbException.QUERY_WAS_CANCELLED, "QUERY_WAS_CANCELLED", "the statement was cancelled");
    }

    /** The failure of a job, with this thread's stack as suppressed context of where it was asked for. */
    static ChdbException rethrown(Throwable failure) {
        return switch (failure) {
            case ChdbException known -> known;
            case java.util.concurrent.CompletionException wrapped
            when wrapped.getCause() != null -> rethrown(wrapped.getCause());
            case Error error -> throw error;
            default ->
                new ChdbException(ChdbException.UNKNOWN, "the statement failed: " + failure.getMessage(), failure);
        };
    }

    /**
     * Waits for running statements up to 5 s, cancels what still runs then, and closes, within 10 s. Later calls fail with
     * ENGINE_CLOSED.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        long deadlineNanos = System.nanoTime() + CLOSE_LIMIT.toNanos();
        boolean isDone = true;
        try {
            workers.forEach(Worker::stop);
            if (!areStopped(deadlineNanos - CLOSE_LIMIT.toNanos() / 2)) {
                workers.forEach(worker -> worker.ifRunning(() -> killStatementOf(worker)));
                isDone = areStopped(deadlineNanos);
            }
            control.stop();
            isDone &= control.awaitStopped(CONTROL_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            isDone = false;
        }
        if (isDone) {
            isEngineOpen.set(false);
        } else {
            log.warn("the engine was left open: a statement did not end within {}", CLOSE_LIMIT);
        }
    }

    private boolean areStopped(long deadlineNanos) throws InterruptedException {
        boolean areAll = true;
        for (Worker worker : workers) {
            long leftMs = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()));
            areAll &= worker.awaitStopped(leftMs);
        }
        return areAll;
    }
}
