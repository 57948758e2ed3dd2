package dev.freshet.benchmarks.ingest;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Posts as fast as a server answers: each connection sends its next request when the last is answered, nothing is pipelined.
 * One thread serves all connections. Confined to it.
 */
final class FullSpeedLoad {
    private static final long SILENCE_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final int REPLY_BYTES = 16 * 1024;

    private final URI server;
    private final List<RequestTemplate> templates;
    private final EventSequence events;
    private final int connections;
    private long nextNumber;
    private long deadlineNs;
    private long acknowledged;
    private long refused;
    private long lastReplyNs;
    private int underWay;

    /**
     * @param head the request's first lines, see {@link RequestTemplate#of}
     * @param batch events a request: 1, or a multiple of the number of event types
     * @param firstNumber of the first event sent
     */
    FullSpeedLoad(
            URI server,
            String head,
            RequestTemplate.Body format,
            int batch,
            EventSequence events,
            long firstNumber,
            int connections) {
        this.server = server;
        this.events = events;
        this.connections = connections;
        nextNumber = firstNumber;
        int kinds = batch == 1 ? EventSequence.TYPES.length : 1;
        templates = new ArrayList<>();
        for (int kind = 0; kind < kinds; kind++) {
            templates.add(RequestTemplate.of(head, format, batch, kind));
        }
    }

    /**
     * @param acknowledged events that the server said it has
     * @param refused requests answered 429 or 503; their events are not sent again
     */
    record Outcome(long acknowledged, long refused, double tookSeconds) {
        double eventsASecond() {
            return acknowledged / tookSeconds;
        }
    }

    /** The number after the last event that was sent. */
    long nextNumber() {
        return nextNumber;
    }

    /** Sends for that long, then waits for the replies under way. */
    Outcome run(Duration time) throws IOException {
        acknowledged = 0;
        refused = 0;
        try (Selector selector = Selector.open()) {
            List<Connection> all = new ArrayList<>();
            try {
                for (int index = 0; index < connections; index++) {
                    all.add(new Connection(selector));
                }
                return drive(selector, all, time);
            } finally {
                for (Connection each : all) {
                    each.channel.close();
                }
            }
        }
    }

    private Outcome drive(Selector selector, List<Connection> all, Duration time) throws IOException {
        long beganNs = System.nanoTime();
        deadlineNs = beganNs + time.toNanos();
        lastReplyNs = beganNs;
        underWay = all.size();
        for (Connection each : all) {
            each.sendNext();
        }
        while (underWay > 0) {
            selector.select(TimeUnit.SECONDS.toMillis(1));
            for (SelectionKey key : selector.selectedKeys()) {
                ((Connection) key.attachment()).ready();
            }
            selector.selectedKeys().clear();
            if (System.nanoTime() - lastReplyNs > SILENCE_LIMIT_NS) {
                throw new IOException("no answer from " + server + " for 30 s");
            }
        }
        return new Outcome(acknowledged, refused, (lastReplyNs - beganNs) / 1e9);
    }

    private final class Connection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final ByteBuffer request;
        private final ByteBuffer reply = ByteBuffer.allocateDirect(REPLY_BYTES);

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

        void sendNext() throws IOException {
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
                if (lastReplyNs - deadlineNs < 0) {
                    sendNext();
                } else {
                    underWay--;
                }
            }
        }

        private boolean isWhole() {
            int head = HttpReply.headLength(reply);
            return head > 0 && reply.position() >= head + HttpReply.contentLength(reply, head);
        }

        private void take() throws IOException {
            lastReplyNs = System.nanoTime();
            int batch = templates.getFirst().events();
            int status = HttpReply.status(reply);
            if (status >= 200 && status < 300) {
                acknowledged += HttpReply.numberAfter(reply, "\"accepted\":", batch);
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
