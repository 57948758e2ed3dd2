package dev.freshet.http;

import dev.freshet.ingest.IngestException;
import dev.freshet.ingest.IngestReply;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Takes bodies that need much memory, one at a time for the whole process, from the first unpacked byte until its events are
 * durable: the next then finds the same room. Some wait, packed; more are refused. Thread-safe.
 */
final class LargeBodies {
    private static final int MOST_AT_ONCE = 16;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(3);

    private final WorkerExecutor worker;
    private final AtomicInteger present = new AtomicInteger();

    LargeBodies(Vertx vertx) {
        worker = vertx.createSharedWorkerExecutor("ingest-decode-alone", 1);
    }

    /**
     * Decodes and submits a body when its turn comes.
     *
     * @param response of the request; when its client has gone by then, nothing is done
     * @return the reply; fails with what decoding or submitting fails with, or with an {@link IngestException} OVERLOADED
     */
    <T> Future<IngestReply> take(
            HttpServerResponse response, Callable<T> decoding, Function<T, CompletionStage<IngestReply>> submit) {
        if (present.incrementAndGet() > MOST_AT_ONCE) {
            present.decrementAndGet();
            return Future.failedFuture(new IngestException(
                    IngestException.Code.OVERLOADED,
                    "Too many large bodies wait; send again a little later, or fewer events at once.",
                    RETRY_AFTER));
        }
        return worker.executeBlocking(
                        () -> {
                            if (response.closed()) {
                                throw new IngestException(
                                        IngestException.Code.UNAVAILABLE, "The client has gone.", RETRY_AFTER);
                            }
                            return submit.apply(decoding.call())
                                    .toCompletableFuture()
                                    .join();
                        },
                        false)
                .onComplete(over -> present.decrementAndGet());
    }
}
