package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.event.EventCursor;
import dev.freshet.event.RowKind;
import dev.freshet.http.HealthPart;
import dev.freshet.ingest.DecodedEvents;
import dev.freshet.ingest.IngestReply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CanaryFlightTest {
    private long nowMs = 1_000_000;
    private long arrivedMs;
    private final List<DecodedEvents> sent = new ArrayList<>();
    private final CanaryFlight canary = new CanaryFlight(
            events -> {
                sent.add(events);
                return CompletableFuture.completedFuture(new IngestReply(0, 0, List.of()));
            },
            instance -> arrivedMs,
            () -> Instant.ofEpochMilli(nowMs));

    @Test
    void itIsReadyAsLongAsOneArrivedLately() {
        canary.beat();
        nowMs += 10_000;
        arrivedMs = nowMs - 500;
        canary.beat();

        assertThat(canary.age()).isEqualTo(Duration.ofMillis(500));
        assertThat(canary.health()).isEqualTo(HealthPart.State.ready("the last that arrived was sent 0 s ago"));
        nowMs += 61_000;
        assertThat(canary.health().isReady()).isFalse();
        arrivedMs = nowMs;
        canary.beat();
        assertThat(canary.health().isReady()).isTrue();
    }

    @Test
    void oneThatNeverArrivesIsToldAfterAMinute() {
        canary.beat();
        nowMs += 60_000;
        assertThat(canary.health().isReady()).isTrue();
        nowMs += 1_000;

        assertThat(canary.health()).isEqualTo(HealthPart.State.notReady("none arrived in 61 s"));
    }

    @Test
    void whatIsSentIsOneRowThatIsNoEventAndNotAccepted() {
        canary.beat();

        EventCursor row = sent.getFirst().rows().cursor();
        assertThat(row.next()).isTrue();
        assertThat(row.kind()).isEqualTo(RowKind.CANARY);
        assertThat(row.isEvent()).isFalse();
        assertThat(row.timestampMs()).isEqualTo(nowMs);
        assertThat(row.next()).isFalse();
        assertThat(sent.getFirst().deadLetters()).isEqualTo(1);
    }
}
