package dev.freshet.chdb;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread with one connection: a native call holds its thread, so it must be neither an event loop nor the
 * carrier of virtual threads. Runs one task at a time and reports itself free after each.
 */
final class Worker {
    /** The engine's parser and planner recurse deeply, and expect the 8 MiB that a thread of a server has. */
    private static final long STACK_BYTES = 8 << 20;

    /** Work with the connection, on the worker's thread. */
    interface Task<T> {
        T run(EngineConnection connection) throws InterruptedException;
    }

    /** A task under way. */
    static final class Job<T> {
        private final Task<T> task;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private volatile boolean isCancelled;

        private Job(Task<T> task) {
            this.task = task;
        }

        CompletableFuture<T> result() {
            return result;
        }

        /** A job that has not begun fails with QUERY_WAS_CANCELLED instead; one that has goes on until it is killed. */
        void cancel() {
            isCancelled = true;
        }

        private Runnable outcome(EngineConnection connection) {
            if (isCancelled) {
                return () -> result.completeExceptionally(Chdb.cancelled());
            }
            try {
                T value = task.run(connection);
                return () -> result.complete(value);
            } catch (InterruptedException e) {
                return () -> result.completeExceptionally(Chdb.cancelled());
            } catch (RuntimeException | Error e) {
                return () -> result.completeExceptionally(e);
            }
        }

        private void fail(Throwable failure) {
            result.completeExceptionally(failure);
        }
    }

    private final String name;
    private final Thread thread;
    private final BlockingQueue<Job<?>> jobs = new LinkedBlockingQueue<>();
    private final CompletableFuture<Worker> opened = new CompletableFuture<>();

    /** Held while a statement is being killed, and taken between two jobs: a kill cannot hit the job after its own. */
    private final Object betweenJobs = new Object();

    private @Nullable Job<?> running;
    private boolean isEnded;
    private volatile boolean isStopping;

    Worker(String name, Supplier<EngineConnection> connector, Consumer<Worker> whenFree) {
        this.name = name;
        thread = new Thread(null, () -> work(connector, whenFree), name, STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits for the connection; throws what kept it from opening. */
    void awaitOpen() {
        opened.join();
    }

    /** Distinguishes this connection's statements in {@code system.processes}. */
    String name() {
        return name;
    }

    <T> Job<T> submit(Task<T> task) {
        Job<T> job = new Job<>(task);
        synchronized (betweenJobs) {
            if (isEnded) {
                job.fail(closed());
            } else {
                jobs.add(job);
            }
        }
        return job;
    }

    /** Runs {@code kill} if that job is still the one at work, and wakes it where it waits in Java code. */
    void ifRunning(Job<?> job, Runnable kill) {
        synchronized (betweenJobs) {
            if (running == job) {
                kill.run();
                thread.interrupt();
            }
        }
    }

    /** The job at work, if any. */
    @Nullable
    Job<?> running() {
        synchronized (betweenJobs) {
            return running;
        }
    }

    /** Ends the thread after the jobs at hand, closing the connection. */
    void stop() {
        isStopping = true;
        var _ = submit(connection -> true);
    }

    /** @return whether the thread ended in time */
    boolean awaitStopped(long limitMs) throws InterruptedException {
        thread.join(Math.max(1, limitMs));
        return !thread.isAlive();
    }

    private void work(Supplier<EngineConnection> connector, Consumer<Worker> whenFree) {
        EngineConnection connection;
        try {
            connection = connector.get();
        } catch (RuntimeException | Error e) {
            end();
            opened.completeExceptionally(e);
            return;
        }
        try (connection) {
            opened.complete(this);
            while (!isStopping) {
                whenFree.accept(this);
                run(jobs.take(), connection);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody but ifRunning() interrupts, and that only within run()
        } finally {
            end();
        }
    }

    private void run(Job<?> job, EngineConnection connection) {
        if (job.result().isDone()) {
            return; // given up by who asked for it
        }
        synchronized (betweenJobs) {
            running = job;
        }
        Runnable outcome = job.outcome(connection);
        synchronized (betweenJobs) {
            running = null;
            boolean _ = Thread.interrupted(); // what was meant for this job must not reach the next
        }
        outcome.run();
    }

    private void end() {
        synchronized (betweenJobs) {
            isEnded = true;
            jobs.forEach(job -> job.fail(closed()));
        }
    }

    static ChdbException closed() {
        return new ChdbException(ChdbException.ENGINE_CLOSED, "the ClickHouse engine was closed");
    }
}
