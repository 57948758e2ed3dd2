package dev.freshet.ingest;

import dev.freshet.duplicates.DuplicateFilter;
import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.eventlog.EventLogException;
import dev.freshet.eventlog.EventLogWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes the requests of one group into the log: drops repeats, appends whole requests in blocks of about a quarter of a megabyte, syncs
 * once, answers. Confined to the sequencer's thread; holds no request between two groups.
 *
 * <p>An id counts as received from its offer on, before its event is durable. That is sound because a repeat is answered
 * only after the group's sync, which makes every earlier offer durable, and because offers of what could not be appended
 * are withdrawn. After a failed write or sync the log refuses everything, repeats too, until both are built anew, and no id
 * is withdrawn or called settled any more: of a large block the log may hold the beginning.
 */
final class GroupCommit {
    /** Blocks of half a megabyte would be larger than what the heap's collector moves around cheaply. */
    private static final int BLOCK_BYTES = 256 * 1024;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final EventLogWriter writer;
    private final DuplicateFilter filter;
    private final IngestMetrics metrics;
    private final Consumer<Submission> release;
    private final List<Submission> block = new ArrayList<>();
    private final List<Submission> appended = new ArrayList<>();
    private int blockBytes;
    private boolean isLogUnknown;

    /** @param release told of each request just before it is answered */
    GroupCommit(EventLogWriter writer, DuplicateFilter filter, IngestMetrics metrics, Consumer<Submission> release) {
        this.writer = writer;
        this.filter = filter;
        this.metrics = metrics;
        this.release = release;
    }

    /** Answers every request of the group, one way or the other. */
    void commit(List<Submission> group, long nowMs) {
        try {
            take(group, nowMs);
        } finally {
            block.clear();
            appended.clear();
            blockBytes = 0;
        }
    }

    private void take(List<Submission> group, long nowMs) {
        for (Submission submission : group) {
            if (!dropRepeats(submission, nowMs)) {
                fail(
                        submission,
                        unavailable("New event ids cannot be kept now; the part duplicates of /readyz says why."));
                continue;
            }
            block.add(submission);
            blockBytes += submission.rows().sizeBytes();
            if (blockBytes >= BLOCK_BYTES) {
                appendBlock(nowMs);
            }
        }
        appendBlock(nowMs);
        syncAndAnswer();
        if (!isLogUnknown) {
            filter.settled(writer.nextPosition() - 1, nowMs);
        }
    }

    /** Offers each row to the filter; false, with nothing offered, when there is no room for that. */
    private boolean dropRepeats(Submission submission, long nowMs) {
        int team = filter.teamNumber(submission.teamId());
        submission.numberTeam(team);
        EventCursor cursor = submission.rows().cursor();
        for (int row = 0; cursor.next(); row++) {
            if (!isOffered(submission, cursor, row)) {
                continue;
            }
            long sentAtMs = submission.sent().isTimeSent(row) ? cursor.timestampMs() : DuplicateFilter.NOT_SENT;
            switch (filter.offer(team, cursor.eventIdHigh(), cursor.eventIdLow(), sentAtMs, nowMs)) {
                case FIRST -> {}
                case REPEAT -> submission.repeats().set(row);
                case NO_ROOM -> {
                    withdraw(submission, row);
                    return false;
                }
            }
        }
        return true;
    }

    /** Nobody can repeat an id that the server made. */
    private static boolean isOffered(Submission submission, EventCursor cursor, int row) {
        return submission.sent().isIdSent(row) && cursor.kind().hasId();
    }

    private void withdraw(Submission submission, int rows) {
        EventCursor cursor = submission.rows().cursor();
        for (int row = 0; row < rows && cursor.next(); row++) {
            if (!submission.repeats().get(row) && isOffered(submission, cursor, row)) {
                filter.withdraw(submission.teamNumber(), cursor.eventIdHigh(), cursor.eventIdLow());
            }
        }
    }

    private void appendBlock(long nowMs) {
        if (block.isEmpty()) {
            return;
        }
        try {
            writer.append(merged(), nowMs);
            appended.addAll(block);
        } catch (EventLogException refusal) {
            // Only of what did not fit is it certain that none of it is in the log; a failure may have come half-way.
            isLogUnknown |= refusal.code() != EventLogException.Code.FULL;
            for (Submission submission : block) {
                if (!isLogUnknown) {
                    withdraw(submission, submission.rows().count());
                }
                fail(submission, unavailable(refusal));
            }
        }
        block.clear();
        blockBytes = 0;
    }

    /** The rows of the block that are no repeats, in one piece. */
    private EventRows merged() {
        if (block.size() == 1 && block.getFirst().repeats().isEmpty()) {
            return block.getFirst().rows();
        }
        EventRowsBuilder builder = new EventRowsBuilder(blockBytes);
        for (Submission submission : block) {
            if (submission.repeats().isEmpty()) {
                builder.copyRows(submission.rows());
                continue;
            }
            EventCursor cursor = submission.rows().cursor();
            for (int row = 0; cursor.next(); row++) {
                if (!submission.repeats().get(row)) {
                    builder.copyRow(cursor);
                }
            }
        }
        return builder.build();
    }

    private void syncAndAnswer() {
        if (appended.isEmpty()) {
            return;
        }
        try {
            long startNs = System.nanoTime();
            writer.sync();
            metrics.countSync(System.nanoTime() - startNs);
        } catch (EventLogException failure) {
            isLogUnknown = true;
            for (Submission submission : appended) {
                fail(submission, unavailable(failure));
            }
            return;
        }
        for (Submission submission : appended) {
            IngestReply reply = submission.reply();
            metrics.countReply(reply, submission.rows().sizeBytes());
            release.accept(submission);
            submission.answer().complete(reply);
        }
    }

    private void fail(Submission submission, IngestException refusal) {
        metrics.countRefused(refusal.code());
        release.accept(submission);
        submission.answer().completeExceptionally(refusal);
    }

    private static IngestException unavailable(String message) {
        return new IngestException(IngestException.Code.UNAVAILABLE, message, RETRY_AFTER);
    }

    private static IngestException unavailable(EventLogException cause) {
        return new IngestException(
                IngestException.Code.UNAVAILABLE,
                "Events cannot be made durable now: " + cause.getMessage(),
                RETRY_AFTER,
                cause);
    }
}
