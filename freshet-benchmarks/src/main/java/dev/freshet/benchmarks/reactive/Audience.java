package dev.freshet.benchmarks.reactive;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Many sockets that watch one counter, and one that changes it. Notes for each socket and each change how long after the change
 * was sent the socket held at least its value. In the benchmark's own process, on one event loop.
 */
final class Audience implements AutoCloseable {
    private static final int AT_ONCE = 64;
    private static final int MOST_CHANGES = 100_000;
    private static final long PATIENCE_SECONDS = 60;
    private static final int MOST_MESSAGE_BYTES = 1 << 20;
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(2);

    private final Vertx vertx;
    private final WebSocketClient client;
    private final URI server;
    private final Dialect dialect;
    private final List<WebSocket> sockets = new ArrayList<>();
    private final AtomicLongArray sentNs = new AtomicLongArray(MOST_CHANGES + 1);
    private volatile Histogram latencyNs = new ConcurrentHistogram(LONGEST_NS, 3);
    private volatile CountDownLatch awaited = new CountDownLatch(0);
    private volatile int lastNumber;
    private int changes;

    Audience(Vertx vertx, URI server, Dialect dialect) {
        this.vertx = vertx;
        this.server = server;
        this.dialect = dialect;
        client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setMaxConnections(MOST_CHANGES)
                .setMaxMessageSize(MOST_MESSAGE_BYTES)
                .setMaxFrameSize(MOST_MESSAGE_BYTES));
    }

    /**
     * Opens sockets until there are so many, each with a watch of the counter and of others that never change, and waits until each
     * has its first results.
     */
    void grow(int size, int quietEach) throws IOException, InterruptedException {
        while (sockets.size() < size) {
            int more = Math.min(AT_ONCE, size - sockets.size());
            CountDownLatch greeted = new CountDownLatch(more);
            List<Future<WebSocket>> opening = new ArrayList<>();
            for (int index = 0; index < more; index++) {
                opening.add(open((sockets.size() + index) * quietEach, quietEach, greeted));
            }
            for (Future<WebSocket> each : opening) {
                sockets.add(each.toCompletionStage().toCompletableFuture().join());
            }
            if (!greeted.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(greeted.getCount() + " sockets got no first result from " + server);
            }
        }
    }

    private Future<WebSocket> open(int firstQuiet, int quiet, CountDownLatch greeted) {
        WebSocketConnectOptions options = new WebSocketConnectOptions()
                .setHost(server.getHost())
                .setPort(server.getPort())
                .setURI(dialect.path());
        Watcher watcher = new Watcher(greeted);
        return client.connect(options).onSuccess(socket -> {
            socket.textMessageHandler(watcher::hear);
            dialect.greeting(firstQuiet, quiet).forEach(socket::writeTextMessage);
            if (dialect == Dialect.BROADCAST) {
                watcher.greet();
            }
        });
    }

    /** What one socket holds. On the event loop. */
    private final class Watcher {
        private final CountDownLatch greeted;
        private boolean isGreeted;
        private int value;

        Watcher(CountDownLatch greeted) {
            this.greeted = greeted;
        }

        void greet() {
            if (!isGreeted) {
                isGreeted = true;
                greeted.countDown();
            }
        }

        void hear(String text) {
            int heard = dialect.value(text);
            if (heard < 0) {
                return;
            }
            if (isGreeted) {
                long nowNs = System.nanoTime();
                for (int each = value + 1; each <= Math.min(heard, MOST_CHANGES); each++) {
                    latencyNs.recordValue(Math.max(1, nowNs - sentNs.get(each)));
                }
                if (heard >= lastNumber && value < lastNumber) {
                    awaited.countDown();
                }
            }
            value = heard;
            greet();
        }
    }

    /**
     * Changes the counter so many times, one change every so often, and waits until all sockets hold the last.
     *
     * @return the time from a change's sending to each socket's holding it
     */
    Histogram change(int times, long intervalMs) throws IOException, InterruptedException {
        latencyNs = new ConcurrentHistogram(LONGEST_NS, 3);
        CountDownLatch allHold = new CountDownLatch(sockets.size());
        awaited = allHold;
        lastNumber = changes + times;
        WebSocket changing = sockets.getFirst();
        long beganNs = System.nanoTime();
        for (int time = 0; time < times; time++) {
            long dueNs = beganNs + TimeUnit.MILLISECONDS.toNanos(intervalMs * time);
            TimeUnit.NANOSECONDS.sleep(Math.max(0, dueNs - System.nanoTime()));
            changes++;
            sentNs.set(changes, System.nanoTime());
            changing.writeTextMessage(dialect.change(changes));
        }
        if (!allHold.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException(allHold.getCount() + " of " + sockets.size() + " sockets never held change "
                    + lastNumber + " of " + server);
        }
        return latencyNs;
    }

    /** How many sockets are open still. */
    long open() {
        return sockets.stream().filter(socket -> !socket.isClosed()).count();
    }

    @Override
    public void close() {
        client.close().toCompletionStage().toCompletableFuture().join();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
