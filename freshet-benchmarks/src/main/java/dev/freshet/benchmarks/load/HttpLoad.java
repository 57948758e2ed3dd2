package dev.freshet.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Posts events over kept-alive connections: as fast as the server answers, or at an even rate whatever the server does. Each
 * connection sends its next request when the last is answered, nothing is pipelined. One thread serves all connections, so that
 * the load takes little of the machine it shares with what it measures. Confined to that thread.
 */
public final class HttpLoad {
    private static final long SILENCE_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(1);
    private static final long SHORT_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int REPLY_BYTES = 16 * 1024;

    private final URI server;
    private final Requests requests;
    private final EventSequence events;
    private final int connections;
    private final List<RequestTemplate> templates = new ArrayList<>();
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private Plan plan = new Plan(0, 0, 0);
    private Histogram latencyNs = new Histogram(LONGEST_NS, 3);
    private long nextNumber;
    private long startedRequests;
    private long acknowledged;
    private long refused;
    private long lastReplyNs;

    /**
     * What is posted.
     *
     * @param head the request's first lines, see {@link RequestTemplate#of}, without Host
     * @param batch events a request: 1, or a multiple of the number of event types
     */
    public record Requests(String head, RequestTemplate.Body format, int batch) {}

    /**
     * @param acknowledged events that the server said it has
     * @param refused requests answered 429 or 503; their events are not sent again
     * @param latencyNs of the acknowledged, from when a request was sent; at an even rate from when it was due, also where it
     *     went out late because earlier replies were late (coordinated omission)
     */
    public record Outcome(long acknowledged, long refused, double tookSeconds, Histogram latencyNs) {
        public double eventsASecond() {
            return acknowledged / tookSeconds;
        }
    }

    /** When requests are sent: one each interval from the beginning on, or, where that is 0, whenever a connection is free. */
    private record Plan(long beganNs, long endNs, double intervalNs) {
        boolean isEven() {
            return intervalNs > 0;
        }

        long dueNs(long request) {
            return beganNs + Math.round(request * intervalNs);
        }

        /** Whether that request belongs to the plan at all. */
        boolean holds(long request, long nowNs) {
            return (isEven() ? dueNs(request) : nowNs) - endNs < 0;
        }
    }

    /** @param firstNumber of the first event sent, or one of the next few where batches must begin with the first type */
    public HttpLoad(URI server, Requests requests, EventSequence events, long firstNumber, int connections) {
        this.server = server;
        this.requests = requests;
        this.events = events;
        this.connections = connections;
        int types = EventSequence.types();
        nextNumber = Math.ceilDiv(firstNumber, types) * types;
        String head = requests.head() + "Host: " + server.getAuthority() + "\r\n";
        int kinds = requests.batch() == 1 ? types : 1;
        for (int kind = 0; kind < kinds; kind++) {
            templates.add(RequestTemplate.of(head, requests.format(), requests.batch(), kind));
        }
    }

    /** The number after the last event that was sent. */
    public long nextNumber() {
        return nextNumber;
    }

    /** Sends for that long as fast as replies come, then waits for those under way. */
    public Outcome atFullSpeed(Duration time) throws IOException {
        return run(time, 0);
    }

    /** Sends at an even rate for that long, then waits for the replies under way; no more are under way than connections. */
    public Outcome evenly(Duration time, int eventsASecond) throws IOException {
        return run(time, 1e9 * requests.batch() / eventsASecond);
    }

    private Outcome run(Duration time, double intervalNs) throws IOException {
        acknowledged = 0;
        refused = 0;
        startedRequests = 0;
        latencyNs = new Histogram(LONGEST_NS, 3);
        idle.clear();
        List<Connection> all = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int index = 0; index < connections; index++) {
                all.add(new Connection(selector));
            }
            idle.addAll(all);
            long beganNs = System.nanoTime();
            plan = new Plan(beganNs, beganNs + time.toNanos(), intervalNs);
            lastReplyNs = beganNs;
            drive(selector);
            return new Outcome(acknowledged, refused, (lastReplyNs - beganNs) / 1e9, latencyNs);
        } finally {
            for (Connection each : all) {
                each.channel.close();
            }
        }
    }

    private void drive(Selector selector) throws IOException {
        while (true) {
            long waitNs = startDue();
            if (waitNs == Long.MAX_VALUE && idle.size() == connections) {
                return;
            }
            await(selector, waitNs);
            for (SelectionKey key : selector.selectedKeys()) {
                ((Connection) key.attachment()).ready();
            }
            selector.selectedKeys().clear();
            if (idle.size() < connections && System.nanoTime() - lastReplyNs > SILENCE_LIMIT_NS) {
                throw new IOException("no answer from " + server + " for 30 s");
            }
        }
    }

    /**
     * Sends what is due as far as connections are free.
     *
     * @return nanoseconds until the next is due; the greatest where only a reply can bring more
     */
    private long startDue() throws IOException {
        while (!idle.isEmpty()) {
            long nowNs = System.nanoTime();
            if (!plan.holds(startedRequests, nowNs)) {
                return Long.MAX_VALUE;
            }
            long dueNs = plan.isEven() ? plan.dueNs(startedRequests) : nowNs;
            if (dueNs - nowNs > 0) {
                return dueNs - nowNs;
            }
            startedRequests++;
            idle.poll().send(dueNs);
        }
        return Long.MAX_VALUE;
    }

    /** A selector waits whole milliseconds only; what is due sooner is waited for without it. */
    private static void await(Selector selector, long waitNs) throws IOException {
        if (waitNs >= SHORT_WAIT_NS) {
            selector.select(Math.clamp(TimeUnit.NANOSECONDS.toMillis(waitNs) - 1, 1, 1_000));
        } else if (selector.selectNow() == 0) {
            LockSupport.parkNanos(waitNs);
            selector.selectNow();
        }
    }

    private final class Connection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final ByteBuffer request;
        private final ByteBuffer reply = ByteBuffer.allocateDirect(REPLY_BYTES);
        private long fromNs;

        Connection(Selector selector) throws IOException {
            request = ByteBuffer.allocateDirect(templates.stream()
                    .mapToInt(RequestTemplate::sizeBytes)
                    .max()
                    .orElseThrow());
            channel = SocketChannel.open(new InetSocketAddress(server.getHost(), server.getPort()));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        /** @param from when its latency begins */
        void send(long from) throws IOException {
            fromNs = from;
            RequestTemplate template = templates.get((int) (nextNumber % templates.size()));
            request.clear();
            template.put(events, nextNumber, request);
            request.flip();
            nextNumber += template.events();
            write();
        }

        private void write() throws IOException {
            channel.write(request);
            int wanted = request.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
            if (key.interestOps() != wanted) {
                key.interestOps(wanted);
            }
        }

        void ready() throws IOException {
            if (key.isWritable()) {
                write();
            }
            if (!key.isReadable()) {
                return;
            }
            if (channel.read(reply) < 0) {
                throw new EOFException(server + " closed a connection");
            }
            if (isWhole()) {
                take();
                reply.clear();
                idle.add(this);
            }
        }

        private boolean isWhole() {
            int head = HttpReply.headLength(reply);
            return head > 0 && reply.position() >= head + HttpReply.contentLength(reply, head);
        }

        private void take() throws IOException {
            lastReplyNs = System.nanoTime();
            int status = HttpReply.status(reply);
            if (status >= 200 && status < 300) {
                acknowledged += HttpReply.numberAfter(reply, "\"accepted\":", requests.batch());
                latencyNs.recordValue(Math.clamp(lastReplyNs - fromNs, 0, LONGEST_NS));
            } else if (status == 429 || status == 503) {
                refused++;
            } else {
                byte[] text = new byte[reply.position()];
                reply.flip().get(text);
                throw new IOException(
                        "unexpected answer of " + server + ": " + new String(text, StandardCharsets.UTF_8));
            }
        }
    }
}
