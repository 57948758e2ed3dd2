package dev.freshet.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes work that blocks off the event loops, onto virtual threads, and brings its result back. */
final class BlockingCalls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BlockingCalls.class);
    private static final int MOST_AT_ONCE = 512;

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("http-blocking-", 0).factory());
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);

    /**
     * Runs {@code work} elsewhere and then {@code answer} on this event loop. Work that throws is answered with 500 and
     * logged; past the limit the request is refused with 429.
     */
    <T> void call(HttpServerResponse response, Supplier<T> work, Consumer<T> answer) {
        call(work, answer, error -> Responses.fail(response, error));
    }

    /** As the other, for answers of another shape. */
    <T> void call(Supplier<T> work, Consumer<T> answer, Consumer<ApiError> refuse) {
        Context context = Vertx.currentContext();
        if (!room.tryAcquire()) {
            refuse.accept(ApiError.overloaded("too many requests wait; try again", Duration.ofSeconds(1)));
            return;
        }
        try {
            threads.execute(() -> run(context, work, answer, refuse));
        } catch (RejectedExecutionException stopped) {
            room.release();
            refuse.accept(ApiError.unavailable("the server is stopping; send again later", Duration.ofSeconds(5)));
        }
    }

    private <T> void run(Context context, Supplier<T> work, Consumer<T> answer, Consumer<ApiError> refuse) {
        try {
            T result = work.get();
            context.runOnContext(event -> answer.accept(result));
        } catch (RuntimeException | Error e) {
            log.error("a request failed", e);
            context.runOnContext(event -> refuse.accept(ApiError.internal()));
        } finally {
            room.release();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
