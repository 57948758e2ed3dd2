package dev.freshet.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedQueueTest {
    @Test
    void refusesPastItsCount() throws InterruptedException {
        BoundedQueue<String> queue = new BoundedQueue<>(2, 100, String::length);

        assertThat(queue.offer("a")).isTrue();
        assertThat(queue.offer("b")).isTrue();
        assertThat(queue.offer("c")).isFalse();
        assertThat(queue.takeAll()).containsExactly("a", "b");
        assertThat(queue.offer("c")).isTrue();
    }

    @Test
    void refusesPastItsBytesButTakesOneLargeItem() throws InterruptedException {
        BoundedQueue<String> queue = new BoundedQueue<>(10, 5, String::length);

        assertThat(queue.offer("larger than all")).isTrue();
        assertThat(queue.offer("x")).isFalse();
        assertThat(queue.takeAll()).hasSize(1);
        assertThat(queue.offer("abc")).isTrue();
        assertThat(queue.offer("abc")).isFalse();
        assertThat(queue.offer("ab")).isTrue();
    }

    @Test
    void takesPastTheBoundsWhatMustNotBeLost() {
        BoundedQueue<String> queue = new BoundedQueue<>(1, 1, String::length);

        assertThat(queue.offerPastBounds("abc")).isTrue();
        assertThat(queue.offerPastBounds("def")).isTrue();
        assertThat(queue.drain()).containsExactly("abc", "def");
        assertThat(queue.size()).isZero();
    }

    @Test
    void tellsClosedFromFullAndGivesOutWhatWaits() throws InterruptedException {
        BoundedQueue<String> queue = new BoundedQueue<>(1, 100, String::length);
        assertThat(queue.offer("last")).isTrue();
        assertThat(queue.offer("refused")).isFalse();
        assertThat(queue.isClosed()).isFalse();

        queue.close();

        assertThat(queue.isClosed()).isTrue();
        assertThat(queue.offerPastBounds("late")).isFalse();
        assertThat(queue.takeAll()).isEqualTo(List.of("last"));
        assertThat(queue.takeAll()).isEmpty();
    }
}
