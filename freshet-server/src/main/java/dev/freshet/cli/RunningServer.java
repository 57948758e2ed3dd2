package dev.freshet.cli;

import dev.freshet.auth.FirstStart;
import dev.freshet.server.FreshetServer;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every command does that runs a server until it is told to stop. */
final class RunningServer {
    private static final Logger log = LoggerFactory.getLogger(RunningServer.class);

    /** SIGTERM and Ctrl-C must have stopped everything by then. */
    private static final long STOP_LIMIT_SECONDS = 10;

    private RunningServer() {}

    /** The keys of a first start; they cannot be shown again. */
    static void printKeys(FirstStart.Outcome outcome, PrintStream out) {
        outcome.generatedAdminKey().ifPresent(key -> out.println("admin key " + key + " (shown only now)"));
        outcome.generatedWriteKey().ifPresent(key -> out.println("write key " + key + " (shown only now)"));
    }

    static void printReady(FreshetServer server, PrintStream out) {
        server.clickHousePort()
                .ifPresent(
                        port -> out.println("clickhouse http://" + server.url().getHost() + ":" + port));
        out.println("ready " + server.url());
        out.flush();
    }

    /**
     * Waits for SIGTERM or Ctrl-C, closes {@code running}, and ends the process: with 0 when all was stopped in time, which a
     * JVM ended by a signal would not say by itself. Does not return.
     */
    static void untilStopped(AutoCloseable running) throws InterruptedException {
        CountDownLatch stopAsked = new CountDownLatch(1);
        CompletableFuture<Boolean> stopped = new CompletableFuture<>();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stopAsked.countDown();
                            Runtime.getRuntime().halt(isStoppedInTime(stopped) ? 0 : 1);
                        },
                        "stop"));
        stopAsked.await();
        try {
            running.close();
            stopped.complete(true);
        } catch (Exception e) {
            log.error("stopping failed", e);
            stopped.complete(false);
        }
    }

    private static boolean isStoppedInTime(CompletableFuture<Boolean> stopped) {
        try {
            return stopped.get(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.error("not stopped within {} s; the event log holds what ClickHouse lacks", STOP_LIMIT_SECONDS);
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError("only ever completed with a value", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
