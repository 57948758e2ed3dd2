package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DrainWatchTest {
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private long stored;
    private long durable;
    private long nowNs;
    private final DrainWatch watch = new DrainWatch(
            () -> new WriterStatus(stored, stored, 0, Duration.ZERO, 0, 0, 0, 0, Optional.of("the store is blocked")),
            () -> durable,
            Duration.ofSeconds(60),
            () -> nowNs);

    @BeforeEach
    void listen() {
        logged.start();
        ((Logger) LoggerFactory.getLogger(DrainWatch.class)).addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        ((Logger) LoggerFactory.getLogger(DrainWatch.class)).detachAppender(logged);
    }

    private void pass(int seconds) {
        for (int second = 0; second < seconds; second++) {
            nowNs += 1_000_000_000;
            watch.look();
        }
    }

    @Test
    void rowsThatWaitWhileNothingIsStoredAreAStallThatIsToldOnce() {
        watch.look();
        durable = 10;
        pass(59);
        assertThat(watch.isStalled()).isFalse();
        pass(100);

        assertThat(watch.isStalled()).isTrue();
        assertThat(watch.unmoved()).isEqualTo(Duration.ofSeconds(159));
        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage()).contains("60 s", "durable=10", "the store is blocked");
        });
    }

    @Test
    void anIdleServerAndOneThatIsBehindButMovesAreNone() {
        pass(1_000);
        assertThat(watch.isStalled()).isFalse();
        for (int round = 0; round < 100; round++) {
            durable += 100;
            stored += 1;
            pass(30);
            assertThat(watch.isStalled()).isFalse();
        }
        assertThat(logged.list).isEmpty();
    }

    @Test
    void itEndsWhenSomethingIsStoredAndAllIsToldAgainAtTheNext() {
        durable = 10;
        pass(70);
        stored = 1;
        pass(1);
        assertThat(watch.isStalled()).isFalse();
        pass(70);
        assertThat(watch.isStalled()).isTrue();
        assertThat(logged.list)
                .extracting(ILoggingEvent::getLevel)
                .containsExactly(Level.ERROR, Level.INFO, Level.ERROR);
    }
}
