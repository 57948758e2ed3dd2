package dev.freshet.server;

import dev.freshet.event.Canary;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.http.HealthPart;
import dev.freshet.ingest.DecodedEvents;
import dev.freshet.ingest.IngestException;
import dev.freshet.ingest.IngestReply;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a row the whole way, log, writer and ClickHouse, again and again, and looks for the last that arrived: what no part
 * says of itself, this shows. {@link #beat} is called by one thread; any may ask.
 */
final class CanaryFlight {
    static final Duration INTERVAL = Duration.ofSeconds(10);

    /** A canary that is older says that the way is closed. */
    private static final Duration MOST_AGE = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger(CanaryFlight.class);

    private final Function<DecodedEvents, CompletionStage<IngestReply>> ingest;
    private final ToLongFunction<String> lastSentAtMs;
    private final InstantSource clock;
    private final String instance = UUID.randomUUID().toString();
    private final long startedAtMs;
    private volatile long seenSentAtMs;
    private boolean isFailing;

    /**
     * @param ingest takes the row like any request
     * @param lastSentAtMs when the last arrived canary of an instance was sent, 0 before the first; may block
     */
    CanaryFlight(
            Function<DecodedEvents, CompletionStage<IngestReply>> ingest,
            ToLongFunction<String> lastSentAtMs,
            InstantSource clock) {
        this.ingest = ingest;
        this.lastSentAtMs = lastSentAtMs;
        this.clock = clock;
        startedAtMs = clock.millis();
    }

    /** Looks for the last one and sends the next. */
    void beat() {
        try {
            seenSentAtMs = Math.max(seenSentAtMs, lastSentAtMs.applyAsLong(instance));
            isFailing = false;
        } catch (RuntimeException failure) {
            // Whatever it is: a beat that throws would be the last one.
            if (!isFailing) {
                log.warn("ClickHouse cannot be asked for the canary", failure);
            }
            isFailing = true;
        }
        EventRowsBuilder rows = new EventRowsBuilder(256);
        new Canary(instance, clock.millis()).addTo(rows);
        // Not counted as accepted: it is nobody's event.
        var _ = ingest.apply(new DecodedEvents(rows.build(), 1, List.of())).whenComplete((reply, failure) -> {
            if (failure != null) {
                log.debug(
                        "the canary was refused as any event would be: {}",
                        IngestException.causeOf(failure).getMessage());
            }
        });
    }

    /** How old the last one is that arrived, or how long none has. */
    Duration age() {
        return Duration.ofMillis(Math.max(0, clock.millis() - Math.max(seenSentAtMs, startedAtMs)));
    }

    HealthPart.State health() {
        Duration age = age();
        String detail = seenSentAtMs == 0
                ? "none arrived in " + age.toSeconds() + " s"
                : "the last that arrived was sent " + age.toSeconds() + " s ago";
        return age.compareTo(MOST_AGE) <= 0 ? HealthPart.State.ready(detail) : HealthPart.State.notReady(detail);
    }
}
