package dev.freshet.chdb;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);
    private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(10);
    private static final long FIRST_KILL_WAIT_MS = 20;
    private static final long LONGEST_KILL_WAIT_MS = 500;

    /** Marks a connection's statements in system.processes, so that they can be killed. */
    static final String MARK_SETTING = "log_comment";

    private static final AtomicBoolean isEngineOpen = new AtomicBoolean();
    private static final AtomicReference<String> openedFolder = new AtomicReference<>("");

    private final NativeLibrary library;
    private final ChdbOptions options;
    private final List<Worker> workers = new ArrayList<>();
    private final FreeWorkers free = new FreeWorkers();
    private final Worker control;
    private final AtomicInteger unresponsive = new AtomicInteger();
    private boolean isClosed;

    private Chdb(NativeLibrary library, ChdbOptions options) {
        this.library = library;
        this.options = options;
        control = new Worker("chdb-control", () -> connect("chdb-control"), worker -> {});
        control.awaitOpen();
        for (int i = 1; i <= options.connections(); i++) {
            String name = "chdb-" + i;
            Worker worker = new Worker(name, () -> connect(name), free::give);
            workers.add(worker);
        }
        try {
            workers.forEach(Worker::awaitOpen);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
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

    /**
     * Runs a SELECT, or another statement that gives rows, whose result is read while it is made; the engine refuses others.
     * The caller must close the stream.
     *
     * @throws ChdbException NO_FREE_CONNECTION, ENGINE_CLOSED, QUERY_WAS_CANCELLED; the engine's own failures come from the
     *     stream
     */
    public ChdbResultStream stream(Statement statement) {
        statement.cancellation().ifPresent(Cancellation::claim);
        Worker worker = acquire();
        ChdbResultStream stream = new ChdbResultStream(statement.timeout(), KILL_GRACE);
        Worker.Job<Boolean> job = worker.submit(connection -> {
            connection.stream(statement, stream::offer);
            return true;
        });
        stream.endBy(() -> cancel(worker, job));
        var _ = job.result().whenComplete((done, failure) -> {
            if (failure == null) {
                stream.end();
            } else {
                stream.fail(failure);
            }
        });
        statement.cancellation().ifPresent(handle -> handle.begin(() -> cancel(worker, job)));
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
     * @param target absolute, not there yet, ending in {@code .tar} or {@code .tar.gz}, in a folder that the server option {@code backups.allowed_path} covers
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
        statement.cancellation().ifPresent(Cancellation::claim);
        Worker worker = acquire();
        Worker.Job<T> job = worker.submit(task);
        statement.cancellation().ifPresent(handle -> handle.begin(() -> cancel(worker, job)));
        try {
            return job.result().get(statement.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return afterTimeout(statement, worker, job);
        } catch (ExecutionException e) {
            throw rethrown(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            cancel(worker, job);
            Thread.currentThread().interrupt();
            throw cancelled();
        }
    }

    private <T> T afterTimeout(Statement statement, Worker worker, Worker.Job<T> job) {
        cancel(worker, job);
        String limit = "the statement passed its limit of " + statement.timeout();
        try {
            T late = job.result().get(KILL_GRACE.toNanos(), TimeUnit.NANOSECONDS);
            log.debug("statement finished past its limit [limit={}]", statement.timeout());
            return late;
        } catch (ExecutionException e) {
            ChdbException timeout =
                    new ChdbException(ChdbException.TIMEOUT_EXCEEDED, "TIMEOUT_EXCEEDED", limit + " and was cancelled");
            timeout.initCause(e.getCause());
            throw timeout;
        } catch (TimeoutException e) {
            unresponsive.incrementAndGet();
            var _ = job.result().whenComplete((value, failure) -> unresponsive.decrementAndGet());
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
        try {
            return free.take(options.acquireTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled();
        }
    }

    /**
     * Ends a job, without waiting for it. A statement that the engine has not registered yet cannot be killed, so the attempt
     * is repeated until the job has ended.
     */
    private void cancel(Worker worker, Worker.Job<?> job) {
        job.cancel();
        if (!job.result().isDone()) {
            var _ = Thread.ofVirtual().name("chdb-kill-" + worker.name()).start(() -> killUntilDone(worker, job));
        }
    }

    private void killUntilDone(Worker worker, Worker.Job<?> job) {
        long deadlineNanos = System.nanoTime() + KILL_GRACE.toNanos();
        // The first wait is for a job that sees by itself that it was cancelled.
        long waitMs = FIRST_KILL_WAIT_MS;
        while (!isDone(job, waitMs) && System.nanoTime() - deadlineNanos < 0) {
            worker.ifRunning(job, () -> kill(worker));
            waitMs = Math.min(waitMs * 2, LONGEST_KILL_WAIT_MS);
        }
    }

    private static boolean isDone(Worker.Job<?> job, long waitMs) {
        try {
            job.result().exceptionally(failure -> null).get(waitMs, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError("failures were mapped away, and nobody knows this thread", e);
        }
    }

    /** Ends a worker's statement from the control connection. */
    private void kill(Worker worker) {
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
        } finally {
            done.cancel(false); // not begun by now: must not hit a later statement
        }
    }

    static ChdbException cancelled() {
        return new ChdbException(
                ChdbException.QUERY_WAS_CANCELLED, "QUERY_WAS_CANCELLED", "the statement was cancelled");
    }

    /** The failure of a job as its caller gets it. */
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

    /** As {@link #close(Duration)} with 10 s. */
    @Override
    public void close() {
        close(CLOSE_PATIENCE);
    }

    /**
     * Waits for running statements, cancels those that still run after {@code patience}, and closes. Later calls fail with
     * ENGINE_CLOSED, as do those that wait for a connection.
     */
    public void close(Duration patience) {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        free.close();
        try {
            workers.forEach(Worker::stop);
            if (!areStopped(patience)) {
                for (Worker worker : workers) {
                    Worker.Job<?> job = worker.running();
                    if (job != null) {
                        cancel(worker, job);
                    }
                }
            }
            boolean areStopped = areStopped(KILL_GRACE);
            control.stop();
            if (areStopped && control.awaitStopped(CONTROL_TIMEOUT.toMillis())) {
                isEngineOpen.set(false);
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.warn("the engine was left open: a statement did not end");
    }

    private boolean areStopped(Duration limit) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        boolean areStopped = true;
        for (Worker worker : workers) {
            areStopped &= worker.awaitStopped(TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()));
        }
        return areStopped;
    }
}
