package dev.freshet.eventstore;

import java.time.Duration;

/**
 * When and how large the writer cuts batches.
 *
 * @param flushInterval a batch is due when its first event has waited this long
 * @param flushEvents or when so many events wait
 * @param pace due batches start at least this far apart; a longer pace makes fewer, larger inserts and older data
 * @param paceEvents the pace holds back no batch of so many events
 * @param paceBytes or of so many bytes
 * @param mostPace where inserts take long they start further apart than the pace, but never further than this
 * @param hurryEvents and that holds back no batch of so many events
 * @param hurryBytes or of so many bytes
 * @param mostEvents of one cut
 * @param mostDays different UTC days of one cut, each of which is an insert
 * @param syncInterval the disk is synced at most this often; what is not synced stays in the event log
 * @param firstBackoff the wait after a failed attempt; doubles up to {@code mostBackoff}
 */
public record WriterOptions(
        Duration flushInterval,
        int flushEvents,
        Duration pace,
        int paceEvents,
        long paceBytes,
        Duration mostPace,
        int hurryEvents,
        long hurryBytes,
        int mostEvents,
        int mostDays,
        Duration syncInterval,
        Duration firstBackoff,
        Duration mostBackoff) {
    /** Inserts after which the writer waits for a sync; the tables remember four times as many, see the migrations. */
    static final int MOST_UNSYNCED_INSERTS = 2048;

    public WriterOptions {
        if (flushEvents < 1 || paceEvents < 1 || paceBytes < 1 || hurryEvents < 1 || mostEvents < 1 || hurryBytes < 1) {
            throw new EventStoreException(EventStoreException.INVALID_OPTION, "The sizes of a batch must be positive.");
        }
        if (mostDays < 1 || mostDays > MOST_UNSYNCED_INSERTS / 2) {
            throw new EventStoreException(
                    EventStoreException.INVALID_OPTION, "A batch must hold 1 to 1,024 days, not " + mostDays + ".");
        }
    }

    public static WriterOptions of(Duration flushInterval, int flushEvents, Duration pace) {
        return new WriterOptions(
                flushInterval,
                flushEvents,
                pace,
                20_000,
                8 * 1024 * 1024,
                pace.isZero() ? Duration.ZERO : Duration.ofSeconds(1),
                100_000,
                16 * 1024 * 1024,
                200_000,
                1024,
                Duration.ofSeconds(2),
                Duration.ofMillis(100),
                Duration.ofSeconds(10));
    }
}
