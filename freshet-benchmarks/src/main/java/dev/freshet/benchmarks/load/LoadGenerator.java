package dev.freshet.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * Posts at an even rate, whatever the server does: each request has a moment at which it is due, and its time to the reply
 * counts from that moment, also when the request went out late because earlier replies were late (coordinated omission).
 * No more requests are under way than there are connections.
 *
 * @param eventsASecond in all
 * @param batch events a request; 1 for singles
 */
public record LoadGenerator(URI server, String writeKey, int eventsASecond, int batch, int seconds, int connections) {
    private static final int ACCEPTED = 202;
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(1);
    private static final Pattern ACCEPTED_COUNT = Pattern.compile("\"accepted\":(\\d+)");

    /**
     * @param acknowledged events that the server promised to keep
     * @param refused requests answered 429 or 503
     * @param latencyNs from when a request was due to its 202
     */
    public record Outcome(long acknowledged, long refused, double tookSeconds, Histogram latencyNs) {}

    /** The same load for another time. */
    public LoadGenerator lasting(int otherSeconds) {
        return new LoadGenerator(server, writeKey, eventsASecond, batch, otherSeconds, connections);
    }

    /** @throws IOException when the server answers something else, or not at all */
    public Outcome run() throws IOException, InterruptedException {
        long requests = (long) eventsASecond * seconds / batch;
        long beganNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        AtomicLong next = new AtomicLong();
        SplittableRandom random = new SplittableRandom();
        List<Future<Sent>> senders = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int connection = 0; connection < connections; connection++) {
                EventBodies bodies = new EventBodies(random.split());
                senders.add(threads.submit(() -> send(bodies, next, requests, beganNs)));
            }
            Sent all = new Sent();
            for (Future<Sent> sender : senders) {
                all.add(sender.get());
            }
            return new Outcome(all.acknowledged, all.refused, (System.nanoTime() - beganNs) / 1e9, all.latencyNs);
        } catch (ExecutionException failure) {
            throw new IOException("the load ended early: " + failure.getCause(), failure);
        }
    }

    private Sent send(EventBodies bodies, AtomicLong next, long requests, long beganNs) throws IOException {
        Sent sent = new Sent();
        double intervalNs = 1e9 * batch / eventsASecond;
        try (KeepAliveConnection connection = new KeepAliveConnection(server, writeKey)) {
            for (long request = next.getAndIncrement(); request < requests; request = next.getAndIncrement()) {
                byte[] body = bodies.next(batch);
                long dueNs = beganNs + Math.round(request * intervalNs);
                for (long leftNs = dueNs - System.nanoTime(); leftNs > 0; leftNs = dueNs - System.nanoTime()) {
                    LockSupport.parkNanos(leftNs);
                }
                sent.take(connection.post(body), System.nanoTime() - dueNs);
            }
        }
        return sent;
    }

    private static final class Sent {
        final Histogram latencyNs = new Histogram(LONGEST_NS, 3);
        long acknowledged;
        long refused;

        void take(KeepAliveConnection.Reply reply, long tookNs) throws IOException {
            switch (reply.status()) {
                case ACCEPTED -> {
                    Matcher count = ACCEPTED_COUNT.matcher(reply.body());
                    if (!count.find()) {
                        throw new IOException("an acknowledgement without a count: " + reply.body());
                    }
                    acknowledged += Long.parseLong(count.group(1));
                    latencyNs.recordValue(Math.clamp(tookNs, 0, LONGEST_NS));
                }
                case 429, 503 -> refused++;
                default -> throw new IOException("unexpected answer " + reply.status() + ": " + reply.body());
            }
        }

        void add(Sent other) {
            latencyNs.add(other.latencyNs);
            acknowledged += other.acknowledged;
            refused += other.refused;
        }
    }
}
