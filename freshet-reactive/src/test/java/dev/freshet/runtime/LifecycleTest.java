package dev.freshet.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final List<String> stopped = new ArrayList<>();

    @Test
    void stopsInReverseOrderAndOnce() {
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.add("first", () -> stopped.add("first"));
        lifecycle.add("second", () -> stopped.add("second"));

        lifecycle.close();
        lifecycle.close();

        assertThat(stopped).containsExactly("second", "first");
    }

    @Test
    void aPartThatFailsDoesNotKeepOthersRunning() {
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.add("first", () -> stopped.add("first"));
        lifecycle.add("broken", () -> {
            throw new IllegalStateException("broken");
        });
        lifecycle.add("broken too", () -> {
            throw new IllegalStateException("broken too");
        });

        assertThatThrownBy(lifecycle::close)
                .isInstanceOf(Lifecycle.StopException.class)
                .hasMessageContaining("broken too")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
        assertThat(stopped).containsExactly("first");
    }

    @Test
    void aTaskThatThrowsDoesNotEndTheTimer() throws InterruptedException {
        try (TimerThread timer = new TimerThread("test-timer")) {
            CountDownLatch ran = new CountDownLatch(1);
            timer.schedule(Duration.ZERO, () -> {
                throw new AssertionError("an error, not an exception");
            });
            timer.schedule(Duration.ZERO, ran::countDown);

            assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
