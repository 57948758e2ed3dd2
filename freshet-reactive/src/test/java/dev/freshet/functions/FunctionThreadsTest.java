package dev.freshet.functions;

import static dev.freshet.runtime.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.runtime.HandTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FunctionThreadsTest {
    private static final Duration LIMIT = Duration.ofMillis(100);

    private final HandTime time = new HandTime(0);
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<FunctionThreads> started = new ArrayList<>();

    @AfterEach
    void stop() {
        release.countDown();
        started.forEach(FunctionThreads::close);
    }

    @Test
    void aCallThatDoesNotReturnIsGivenUpAndItsThreadReplaced() {
        FunctionThreads threads = threads(1, 10);
        CompletableFuture<String> hung = hang(threads, "hung");

        time.advance(LIMIT);
        assertThat(hung).as("it may end by itself").isNotDone();
        time.advance(LIMIT);

        assertThat(failureOf(hung)).isInstanceOf(FunctionTimeoutException.class);
        assertThat(threads.submit("other", () -> "ran").join()).isEqualTo("ran");
    }

    @Test
    void aFunctionThatHangsIsNotBegunAgainUntilItReturns() {
        FunctionThreads threads = threads(2, 10);
        CompletableFuture<String> first = hang(threads, "hung");
        CompletableFuture<String> second = hang(threads, "hung");
        time.advance(LIMIT.multipliedBy(2));
        assertThat(failureOf(first)).isInstanceOf(FunctionTimeoutException.class);
        assertThat(failureOf(second)).isInstanceOf(FunctionTimeoutException.class);

        assertThat(failureOf(threads.submit("hung", () -> "not run"))).isInstanceOf(FunctionBusyException.class);
        assertThat(threads.submit("other", () -> "ran").join()).isEqualTo("ran");

        release.countDown();
        eventually(
                "the function may run again",
                () -> threads.submit("hung", () -> "ran")
                        .handle((result, failure) -> failure == null)
                        .join());
    }

    @Test
    void whenNoThreadIsLeftCallsAreRefusedAndTakenAgainOnceOneReturns() {
        FunctionThreads threads = threads(1, 10);
        // Sixteen are left behind and replaced, the next one keeps the last thread.
        for (int count = 0; count < 17; count++) {
            CompletableFuture<String> hung = hang(threads, "hung " + count);
            time.advance(LIMIT.multipliedBy(2));
            assertThat(failureOf(hung)).isInstanceOf(FunctionTimeoutException.class);
        }

        CompletableFuture<String> refused = threads.submit("other", () -> "not run");

        assertThat(failureOf(refused))
                .isInstanceOfSatisfying(
                        FunctionRefusedException.class,
                        failure ->
                                assertThat(failure.reason()).isEqualTo(FunctionRefusedException.Reason.EXECUTE_FULL));
        release.countDown();
        eventually(
                "a thread is back",
                () -> threads.submit("other", () -> "ran")
                        .handle((result, failure) -> failure == null)
                        .join());
    }

    @Test
    void moreThanMayWaitAreRefused() {
        FunctionThreads threads = threads(1, 2);
        var _ = hang(threads, "hung");
        CompletableFuture<String> waiting = threads.submit("a", () -> "a");
        CompletableFuture<String> waitingToo = threads.submit("b", () -> "b");

        assertThat(failureOf(threads.submit("c", () -> "c")))
                .isInstanceOfSatisfying(
                        FunctionRefusedException.class,
                        failure ->
                                assertThat(failure.reason()).isEqualTo(FunctionRefusedException.Reason.EXECUTE_FULL));
        release.countDown();
        assertThat(waiting.join()).isEqualTo("a");
        assertThat(waitingToo.join()).isEqualTo("b");
    }

    @Test
    void whateverACallThrowsItsThreadGoesOn() {
        FunctionThreads threads = threads(1, 10);

        assertThat(failureOf(threads.submit("broken", () -> {
                    throw new AssertionError("an error");
                })))
                .isInstanceOf(AssertionError.class);
        assertThat(threads.submit("other", () -> "ran").join()).isEqualTo("ran");
    }

    @Test
    void stoppingTellsWhoWaitsForACallThatRunsOrIsQueued() {
        FunctionThreads threads = threads(1, 10);
        CompletableFuture<String> running = hang(threads, "hung");
        CompletableFuture<String> queued = threads.submit("queued", () -> "not run");

        threads.close();

        for (CompletableFuture<String> each : List.of(running, queued, threads.submit("late", () -> "not run"))) {
            assertThat(failureOf(each))
                    .isInstanceOfSatisfying(
                            FunctionRefusedException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(FunctionRefusedException.Reason.STOPPED));
        }
    }

    private FunctionThreads threads(int count, int maxQueued) {
        FunctionThreads threads = new FunctionThreads("test-function", count, maxQueued, LIMIT, time, time);
        started.add(threads);
        return threads;
    }

    /** A call that ignores being interrupted; returns once it runs. */
    private CompletableFuture<String> hang(FunctionThreads threads, String function) {
        CountDownLatch began = new CountDownLatch(1);
        CompletableFuture<String> hung = threads.submit(function, () -> {
            began.countDown();
            while (true) {
                try {
                    release.await();
                    return "returned at last";
                } catch (InterruptedException ignored) {
                    // This is what the test is about.
                    began.countDown();
                }
            }
        });
        try {
            began.await();
        } catch (InterruptedException interruption) {
            throw new AssertionError(interruption);
        }
        return hung;
    }

    private static Throwable failureOf(CompletableFuture<?> failed) {
        return failed.<Throwable>handle((result, failure) -> failure).join();
    }
}
