package dev.freshet.benchmarks.load;

import dev.freshet.benchmarks.process.HttpCalls;
import dev.freshet.benchmarks.process.MetricsPage;
import dev.freshet.benchmarks.process.ProcessUsage;
import dev.freshet.benchmarks.process.ServerProcess;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Looks at a server once a second on a thread of its own, from outside, until it is closed. */
final class ServerWatch implements AutoCloseable {
    private static final String BACKLOG = "freshet_store_backlog_events";

    private final ServerProcess server;
    private final HttpCalls http;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("server-watch").unstarted(this::run);
    private final ProcessUsage before;
    private final long beganNs = System.nanoTime();
    private volatile double mostMegabytes;
    private volatile long mostBacklog;
    private volatile boolean isClosed;

    private ServerWatch(ServerProcess server, HttpCalls http) throws IOException {
        this.server = server;
        this.http = http;
        before = ProcessUsage.of(server.pid());
    }

    static ServerWatch start(ServerProcess server, HttpCalls http) throws IOException {
        ServerWatch watch = new ServerWatch(server, http);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            while (!isClosed) {
                mostMegabytes =
                        Math.max(mostMegabytes, ProcessUsage.of(server.pid()).residentMegabytes());
                mostBacklog = Math.max(mostBacklog, backlog(http, server));
                TimeUnit.SECONDS.sleep(1);
            }
        } catch (IOException e) {
            System.err.println("the server cannot be watched any more: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Events that wait for ClickHouse. */
    static long backlog(HttpCalls http, ServerProcess server) throws IOException, InterruptedException {
        return Math.round(MetricsPage.of(http, server.url()).value(BACKLOG));
    }

    /** Processor seconds a second since the watch began. */
    double cores() throws IOException {
        double usedSeconds = ProcessUsage.of(server.pid())
                        .processorTime()
                        .minus(before.processorTime())
                        .toNanos()
                / 1e9;
        return usedSeconds / ((System.nanoTime() - beganNs) / 1e9);
    }

    double mostMegabytes() {
        return mostMegabytes;
    }

    long mostBacklog() {
        return mostBacklog;
    }

    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
    }
}
