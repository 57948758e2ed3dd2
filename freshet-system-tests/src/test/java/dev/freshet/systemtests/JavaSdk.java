package dev.freshet.systemtests;

import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/** An SDK for Java while it sends: an event every 200 ms by a thread of its own. */
final class JavaSdk {
    private static final long PAUSE_MS = 200;

    private final CompletableFuture<Integer> next = new CompletableFuture<>();
    private volatile boolean isStopping;

    private JavaSdk() {}

    /** @param send takes the number of each event, the first of which is {@code from} */
    static JavaSdk start(int from, IntConsumer send) {
        JavaSdk sdk = new JavaSdk();
        Thread.ofVirtual().start(() -> sdk.run(from, send));
        return sdk;
    }

    private void run(int from, IntConsumer send) {
        try {
            int number = from;
            while (!isStopping) {
                send.accept(number++);
                Thread.sleep(PAUSE_MS);
            }
            next.complete(number);
        } catch (InterruptedException | RuntimeException e) {
            next.completeExceptionally(e);
        }
    }

    /** Sends no more; gives the number that would have been the next. */
    int stop() {
        isStopping = true;
        return next.join();
    }
}
