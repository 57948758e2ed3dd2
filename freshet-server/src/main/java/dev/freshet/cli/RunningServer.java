package dev.freshet.cli;

import dev.freshet.auth.FirstStart;
import dev.freshet.server.FreshetServer;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    /** Waits for SIGTERM or Ctrl-C, then closes {@code running}, and lets the process end only after that. */
    static void untilStopped(AutoCloseable running) throws InterruptedException {
        CountDownLatch stopAsked = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            stopAsked.countDown();
                            awaitQuietly(stopped);
                        },
                        "stop"));
        stopAsked.await();
        try {
            running.close();
        } catch (Exception e) {
            log.error("stopping failed", e);
        } finally {
            stopped.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch stopped) {
        try {
            if (!stopped.await(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                log.error("not stopped within {} s; the event log holds what ClickHouse lacks", STOP_LIMIT_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
