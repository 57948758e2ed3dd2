package dev.freshet.benchmarks.ingest;

import dev.freshet.benchmarks.load.EventSequence;
import dev.freshet.benchmarks.load.HttpLoad;
import dev.freshet.benchmarks.load.RequestTemplate;
import dev.freshet.benchmarks.process.ProcessUsage;
import dev.freshet.benchmarks.process.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One of those that take events over HTTP, in a process of its own which stands still while others are measured. Confined to one
 * thread.
 */
final class Contender implements AutoCloseable {
    private static final long DRAIN_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final double CORES_AT_REST = 0.15;
    private static final int REST_CHECK_MS = 500;
    private static final int MOST_REST_CHECKS = 40;

    private final ServerProcess process;
    private final String head;
    private final RequestTemplate.Body format;
    private final Backlog backlog;
    private final EventSequence events;
    private long nextNumber;
    private long acknowledged;
    private long refused;

    /** How many events were acknowledged and are not in all tables yet. */
    interface Backlog {
        long events(long acknowledged) throws IOException, InterruptedException;
    }

    /**
     * @param process just started; belongs to this from here on
     * @param head the first lines of its requests
     */
    Contender(ServerProcess process, String head, RequestTemplate.Body format, Backlog backlog, EventSequence events) {
        this.process = process;
        this.head = head;
        this.format = format;
        this.backlog = backlog;
        this.events = events;
    }

    /**
     * @param acknowledgedASecond while the load ran
     * @param storedASecond until the last of them was in all tables and rollups too
     * @param cores processor seconds a second of the process until then
     */
    record Round(double acknowledgedASecond, double storedASecond, double cores) {}

    /** How it is loaded. */
    record Load(int batch, int connections, Duration warmUp, Duration time) {}

    /** Loads it, at first to warm up, then for the figures, and waits each time until nothing is behind. */
    Round measure(Load load) throws IOException, InterruptedException {
        process.resume();
        awaitRest();
        run(load, load.warmUp());
        awaitDrained();
        ProcessUsage before = ProcessUsage.of(process.pid());
        long beganNs = System.nanoTime();
        HttpLoad.Outcome outcome = run(load, load.time());
        awaitDrained();
        double storedSeconds = (System.nanoTime() - beganNs) / 1e9;
        ProcessUsage after = ProcessUsage.of(process.pid());
        process.pause();
        return new Round(
                outcome.eventsASecond(),
                outcome.acknowledged() / storedSeconds,
                after.processorTime().minus(before.processorTime()).toNanos() / 1e9 / storedSeconds);
    }

    /** Waits, 20 s at the most, until it has done what an earlier load left to it, as merges, so that each load is paid for once. */
    private void awaitRest() throws IOException, InterruptedException {
        for (int check = 0; check < MOST_REST_CHECKS; check++) {
            ProcessUsage before = ProcessUsage.of(process.pid());
            TimeUnit.MILLISECONDS.sleep(REST_CHECK_MS);
            ProcessUsage after = ProcessUsage.of(process.pid());
            long usedNs = after.processorTime().minus(before.processorTime()).toNanos();
            if (usedNs < CORES_AT_REST * TimeUnit.MILLISECONDS.toNanos(REST_CHECK_MS)) {
                return;
            }
        }
    }

    private HttpLoad.Outcome run(Load load, Duration time) throws IOException {
        HttpLoad sender = sender(load);
        return took(sender, sender.atFullSpeed(time));
    }

    /** Loads it at an even rate, at first to warm up, then for the figures; the process must run. */
    HttpLoad.Outcome evenly(Load load, int eventsASecond) throws IOException, InterruptedException {
        awaitRest();
        HttpLoad warmUp = sender(load);
        took(warmUp, warmUp.evenly(load.warmUp(), eventsASecond));
        HttpLoad sender = sender(load);
        return took(sender, sender.evenly(load.time(), eventsASecond));
    }

    private HttpLoad sender(Load load) {
        return new HttpLoad(
                process.url(),
                new HttpLoad.Requests(head, format, load.batch()),
                events,
                nextNumber,
                load.connections());
    }

    private HttpLoad.Outcome took(HttpLoad sender, HttpLoad.Outcome outcome) {
        nextNumber = sender.nextNumber();
        acknowledged += outcome.acknowledged();
        refused += outcome.refused();
        return outcome;
    }

    /** Waits until all that was acknowledged is in all tables. */
    void awaitDrained() throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + DRAIN_LIMIT_NS;
        while (backlog.events(acknowledged) > 0) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IOException(
                        process.url() + " is behind for over a minute; it printed:\n" + process.printed());
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    ServerProcess process() {
        return process;
    }

    /** Events that it said it has, of all loads so far. */
    long acknowledged() {
        return acknowledged;
    }

    /** Requests that it did not take, of all loads so far. */
    long refused() {
        return refused;
    }

    @Override
    public void close() {
        process.close();
    }
}
