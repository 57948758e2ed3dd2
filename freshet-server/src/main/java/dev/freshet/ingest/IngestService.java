package dev.freshet.ingest;

import dev.freshet.duplicates.DuplicateFilter;
import dev.freshet.eventlog.EventLogWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes decoded requests from any thread and answers each once its events are durable. One thread, {@code
 * ingest-sequencer}, owns the duplicate filter and the order of the log: it takes all that waits as one group and syncs once
 * for all of it, at most once a millisecond, so that under load the groups grow and the syncs do not.
 *
 * <p>Past the limits a request is refused at once. When this object fails or is closed, every request it took is answered.
 * It owns neither the log nor its closing.
 */
public final class IngestService implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(IngestService.class);
    private static final Duration OVERLOAD_RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration STOPPED_RETRY_AFTER = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final IngestLimits limits;
    private final IngestMetrics metrics;
    private final GroupCommit commit;
    private final GroupSpacing spacing = new GroupSpacing();
    private final LinkedBlockingQueue<Submission> queue = new LinkedBlockingQueue<>();
    private final AtomicLong bytesInFlight = new AtomicLong();
    private final AtomicInteger requestsInFlight = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread sequencer;
    private volatile boolean isStopping;
    private volatile boolean hasEnded;

    /** The writer and the filter belong to this object's thread from {@link #start} until {@link #close} returned. */
    public IngestService(
            EventLogWriter writer,
            DuplicateFilter filter,
            InstantSource clock,
            IngestLimits limits,
            IngestMetrics metrics) {
        this.clock = clock;
        this.limits = limits;
        this.metrics = metrics;
        this.commit = new GroupCommit(writer, filter, metrics, this::release);
        this.sequencer = Thread.ofPlatform().name("ingest-sequencer").unstarted(this::run);
    }

    public IngestService start() {
        sequencer.start();
        return this;
    }

    /**
     * Hands over a request. The answer comes on the sequencer's thread, which must not be held up: whoever has more to do
     * than to pass it on does that elsewhere. It fails with an {@link IngestException} OVERLOADED or UNAVAILABLE.
     *
     * @param decoded belongs to the service from here on
     */
    public CompletionStage<IngestReply> submit(String teamId, DecodedEvents decoded) {
        Submission submission = new Submission(teamId, decoded);
        if (decoded.rows().isEmpty()) {
            IngestReply reply = submission.reply();
            metrics.countReply(reply, 0);
            submission.answer().complete(reply);
        } else if (isStopping) {
            refuse(submission, stopped());
        } else if (!reserve(submission)) {
            refuse(
                    submission,
                    new IngestException(
                            IngestException.Code.OVERLOADED,
                            "More events are on their way to the disk than may be; send again a little later.",
                            OVERLOAD_RETRY_AFTER));
        } else {
            queue.add(submission);
            if (hasEnded) {
                refuseRest();
            }
        }
        return submission.answer().minimalCompletionStage();
    }

    private boolean reserve(Submission submission) {
        int size = submission.rows().sizeBytes();
        long bytes = bytesInFlight.addAndGet(size);
        int requests = requestsInFlight.incrementAndGet();
        if ((bytes > limits.bytesInFlight() && bytes > size) || requests > limits.requestsInFlight()) {
            release(submission);
            return false;
        }
        return true;
    }

    private void release(Submission submission) {
        bytesInFlight.addAndGet(-submission.rows().sizeBytes());
        requestsInFlight.decrementAndGet();
    }

    /** Bytes of the rows that are on their way to the disk. */
    public long bytesInFlight() {
        return bytesInFlight.get();
    }

    public int requestsInFlight() {
        return requestsInFlight.get();
    }

    /** False once the sequencer has stopped or failed; then every request is refused. */
    public boolean isRunning() {
        return !isStopping && !hasEnded;
    }

    public IngestMetrics metrics() {
        return metrics;
    }

    private void run() {
        List<Submission> group = new ArrayList<>();
        try {
            while (takeGroup(group)) {
                commit.commit(group, clock.millis());
                group.clear();
            }
        } catch (RuntimeException | InterruptedException | Error fault) {
            // What the filter and the log hold of this group is unknown now; only a restart can tell.
            LOGGER.error("the ingest sequencer failed, ingest is stopped [group={}]", group.size(), fault);
            isStopping = true;
            for (Submission submission : group) {
                if (!submission.answer().isDone()) {
                    release(submission);
                    refuse(submission, stopped());
                }
            }
        } finally {
            hasEnded = true;
            refuseRest();
            ended.countDown();
        }
    }

    /** Waits for the next group; false when stopping and all that was taken is answered. */
    private boolean takeGroup(List<Submission> group) throws InterruptedException {
        Submission first = queue.poll();
        while (first == null) {
            if (isStopping) {
                return false;
            }
            first = queue.poll(100, TimeUnit.MILLISECONDS);
        }
        group.add(first);
        long waitNs = spacing.delayNs(System.nanoTime());
        if (waitNs > 0) {
            LockSupport.parkNanos(waitNs);
        }
        spacing.began(System.nanoTime());
        long bytes = first.rows().sizeBytes();
        while (bytes < limits.groupBytes()) {
            Submission next = queue.poll();
            if (next == null) {
                return true;
            }
            group.add(next);
            bytes += next.rows().sizeBytes();
        }
        return true;
    }

    private void refuseRest() {
        for (Submission rest = queue.poll(); rest != null; rest = queue.poll()) {
            release(rest);
            refuse(rest, stopped());
        }
    }

    private void refuse(Submission submission, IngestException refusal) {
        if (submission.answer().completeExceptionally(refusal)) {
            metrics.countRefused(refusal.code());
        }
    }

    private static IngestException stopped() {
        return new IngestException(
                IngestException.Code.UNAVAILABLE, "The server is stopping; send again later.", STOPPED_RETRY_AFTER);
    }

    /**
     * Takes nothing more and waits until all that was taken is answered, at most the drain time of the limits. Must not be
     * called on the sequencer's thread.
     */
    @Override
    public void close() {
        isStopping = true;
        if (sequencer.getState() == Thread.State.NEW) {
            hasEnded = true;
            refuseRest();
            return;
        }
        try {
            if (!ended.await(limits.drainTime().toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.error("the ingest did not drain in time [requests={}]", requestsInFlight.get());
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }
}
