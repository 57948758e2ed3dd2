package dev.freshet.fuzzing;

import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.dialect.BrowserSessions;
import dev.freshet.dialect.Dialect;
import dev.freshet.dialect.DialectDecoder;
import dev.freshet.dialect.DialectEvents;
import dev.freshet.dialect.DialectException;
import dev.freshet.dialect.DialectMetrics;
import dev.freshet.dialect.DialectParts;
import dev.freshet.dialect.DialectRequest;
import dev.freshet.dialect.PostHogDecoder;
import dev.freshet.dialect.SegmentDecoder;
import dev.freshet.dialect.TeamMappings;
import dev.freshet.ingest.DecodingShare;
import dev.freshet.ingest.EventIds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Bodies as SDKs send them, packed or not, for one family of SDKs. */
final class SdkTarget implements FuzzTarget {
    private static final String TEAM = "team";
    private static final long NOW_MS = 1_772_366_400_000L;
    private static final int MOST_PROPERTIES_BYTES = 257 * 1024;

    /** A message of PostHog's can be an event, attributes and an alias. */
    private static final int MOST_ROWS_OF_A_MESSAGE = 3;

    private final DialectMetrics metrics = new DialectMetrics();
    private final DialectDecoder decoder;

    private SdkTarget(Function<DialectParts, DialectDecoder> decoder) {
        this.decoder = decoder.apply(new DialectParts(
                key -> Optional.of(new WriteKeyGrant(TEAM, key)),
                Duration.ofDays(90),
                TeamMappings.EMPTY,
                new BrowserSessions(),
                new EventIds(),
                metrics));
    }

    static SdkTarget segment() {
        return new SdkTarget(SegmentDecoder::new);
    }

    static SdkTarget postHog() {
        return new SdkTarget(PostHogDecoder::new);
    }

    @Override
    public void run(byte[] body) {
        check(body, Optional.empty());
        check(body, Optional.of("track"));
    }

    private void check(byte[] body, Optional<String> type) {
        long messagesBefore = sum(metrics::messages);
        long droppedBefore = sum(metrics::dropped);
        DialectEvents decoded;
        try {
            decoded =
                    decoder.decode(new DialectRequest(body, List.of("key"), type, OptionalLong.empty(), false, NOW_MS));
        } catch (DialectException refusal) {
            return;
        }
        long messages = sum(metrics::messages) - messagesBefore;
        long dropped = sum(metrics::dropped) - droppedBefore;
        int rows = DecodedRows.check(decoded.events(), TEAM, NOW_MS, MOST_PROPERTIES_BYTES);
        long taken = messages - dropped - decoded.events().rejected().size();
        // Attributes can stand before an event that is refused.
        long most = MOST_ROWS_OF_A_MESSAGE * (messages - dropped);
        Require.that(
                taken >= 0 && rows >= taken && rows <= most,
                () -> "%d messages, %d dropped, %d refused, %d rows"
                        .formatted(
                                messages, dropped, decoded.events().rejected().size(), rows));
        Require.that(
                decoded.events().rows().sizeBytes() <= DecodingShare.ALONE.rowBytes(),
                () -> "a body of %d bytes became %d"
                        .formatted(body.length, decoded.events().rows().sizeBytes()));
    }

    private static long sum(Function<Dialect, Long> count) {
        long sum = 0;
        for (Dialect dialect : Dialect.values()) {
            sum += count.apply(dialect);
        }
        return sum;
    }
}
