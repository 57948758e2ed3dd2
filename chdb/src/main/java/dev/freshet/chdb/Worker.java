package dev.freshet.chdb;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One platform thread with one connection: a native call holds its thread, so it must be neither an event loop nor the
 * carrier of virtual threads. Runs one task at a time and reports itself free after each.
 */
final class Worker {
    /** Work with the connection, on the worker's thread. */
    interface Task<T> {
        T run(EngineConnection connection) throws InterruptedException;
    }

    private record Job(long number, Task<?> task, CompletableFuture<Object> result) {}

    private final String name;
    private final Thread thread;
    private final BlockingQueue<Job> jobs = new LinkedBlockingQueue<>();
    private final CompletableFuture<Worker> opened = new CompletableFuture<>();

    /** Held while a statement is being killed, and taken between two jobs: a kill cannot hit the job after its own. */
    private final Object betweenJobs = new Object();

    private long submitted;
    private volatile long running;
    private volatile boolean isStopping;
    private volatile boolean hasEnded;

    Worker(String name, Supplier<EngineConnection> connector, Consumer<Worker> whenFree) {
        this.name = name;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> work(connector, whenFree));
        thread.start();
    }

    /** Waits for the connection. */
    void awaitOpen() {
        opened.join();
    }

    /** Distinguishes this connection's statements in {@code system.processes}. */
    String name() {
        return name;
    }

    /** Only for whoever holds this worker: one job at a time. */
    <T> Handle<T> submit(Task<T> task) {
        CompletableFuture<Object> result = new CompletableFuture<>();
        long number = ++submitted;
        jobs.add(new Job(number, task, result));
        if (hasEnded) {
            refuseRest();
        }
        @SuppressWarnings("unchecked") // the job's task gives a T
        CompletableFuture<T> typed = (CompletableFuture<T>) (CompletableFuture<?>) result;
        return new Handle<>(number, typed);
    }

    /** A job under way. */
    record Handle<T>(long number, CompletableFuture<T> result) {}

    /** Runs {@code kill} if that job is still the one at work. */
    void ifRunning(long number, Runnable kill) {
        synchronized (betweenJobs) {
            if (running == number) {
                kill.run();
            }
        }
    }

    /** Runs {@code kill} if any job is at work. */
    void ifRunning(Runnable kill) {
        synchronized (betweenJobs) {
            if (running != 0) {
                kill.run();
            }
        }
    }

    /** Ends the thread after the job at hand, closing the connection. */
    void stop() {
        isStopping = true;
        thread.interrupt();
    }

    /** @return whether the thread ended in time */
    boolean awaitStopped(long limitMs) throws InterruptedException {
        thread.join(limitMs);
        return !thread.isAlive();
    }

    private void work(Supplier<EngineConnection> connector, Consumer<Worker> whenFree) {
        EngineConnection connection;
        try {
            connection = connector.get();
        } catch (RuntimeException | Error e) {
            opened.completeExceptionally(e);
            return;
        }
        try (connection) {
            opened.complete(this);
            while (!isStopping) {
                whenFree.accept(this);
                Job job = jobs.take();
                run(job, connection);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // stop() was called while idle
        }
        hasEnded = true;
        refuseRest();
    }

    private void refuseRest() {
        for (Job job = jobs.poll(); job != null; job = jobs.poll()) {
            job.result().completeExceptionally(closed());
        }
    }

    private void run(Job job, EngineConnection connection) {
        running = job.number();
        Object value = null;
        Throwable failure = null;
        try {
            value = job.task().run(connection);
        } catch (InterruptedException e) {
            failure = closed();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        synchronized (betweenJobs) {
            running = 0;
        }
        if (failure == null) {
            job.result().complete(value);
        } else {
            job.result().completeExceptionally(failure);
        }
    }

    static ChdbException closed() {
        return new ChdbException(ChdbException.ENGINE_CLOSED, "the ClickHouse engine was closed");
    }
}
