package dev.freshet.importer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays an access log as live traffic, pass after pass, until it is closed. Each event happens when it is due, under
 * the id of its pass, and goes out with the next of some four batches a second. While the server is away the traffic
 * stands still; it goes on with the present, and does not make up for what was missed.
 *
 * <p>Users come back only after several passes, as different ones in between, so that sessions end and begin as on a
 * real site. One thread of its own does everything; {@link #totals} and {@link #failure} may be read from any.
 */
public final class LiveReplay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveReplay.class);

    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration LONGEST_LAG = Duration.ofSeconds(2);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_BATCH_EVENTS = 500;
    private static final int MOST_GENERATIONS = 64;

    /**
     * What has been sent since the start.
     *
     * @param pass the pass under way; 0 before the first
     */
    public record Totals(long pass, long accepted, long duplicates, long rejected) {
        private Totals plus(BatchReceipt receipt) {
            return new Totals(
                    pass,
                    accepted + receipt.accepted(),
                    duplicates + receipt.duplicates(),
                    rejected + receipt.rejected().size());
        }

        private Totals inPass(long next) {
            return new Totals(next, accepted, duplicates, rejected);
        }
    }

    private final ReplayScript script;
    private final ImportState state;
    private final BatchSink sink;
    private final InstantSource clock;
    private final Pause pause;
    private final ImportEventIds ids;
    private final int generations;
    private final Sessions sessions = new Sessions();
    private final Thread thread = Thread.ofVirtual().name("live-replay").unstarted(this::run);

    private volatile Totals totals = new Totals(0, 0, 0, 0);
    private volatile Optional<ImportException> failure = Optional.empty();

    /** When the pass began, if it had run to schedule since. */
    private Instant passStart = Instant.MIN;

    private Instant lastNow = Instant.MIN;

    /**
     * @param sink should be as patient as the replay is to be ({@link EventPoster.Target#ENDLESS}), and be closed after it
     */
    public LiveReplay(ReplayScript script, ImportState state, BatchSink sink, InstantSource clock, Pause pause) {
        this.script = script;
        this.state = state;
        this.sink = sink;
        this.clock = clock;
        this.pause = pause;
        this.ids = new ImportEventIds(script.file());
        this.generations = generationsFor(script.length());
    }

    /** As many passes as an hour takes, so that a user who returns has been silent for longer than a session lasts. */
    private static int generationsFor(Duration passLength) {
        long passesAnHour = 1 + Duration.ofHours(1).toMillis() / Math.max(1, passLength.toMillis());
        return (int) Math.min(MOST_GENERATIONS, Math.max(2, passesAnHour));
    }

    /** Begins; can be called once. */
    public void start() {
        thread.start();
    }

    public Totals totals() {
        return totals;
    }

    /** Why the replay ended by itself, where it did: a key that is refused, for example. */
    public Optional<ImportException> failure() {
        return failure;
    }

    private void run() {
        try {
            replay();
        } catch (InterruptedException _) {
            LOG.debug("replay stopped [pass={}]", totals.pass());
        } catch (ImportException e) {
            if (Thread.currentThread().isInterrupted()) {
                LOG.debug("replay stopped while it took a pass [pass={}]", totals.pass(), e);
                return;
            }
            failure = Optional.of(e);
            LOG.error("replay ended [pass={}]", totals.pass(), e);
        }
    }

    /** Replays on the caller's thread until that is interrupted. */
    void replay() throws ImportException, InterruptedException {
        lastNow = clock.instant();
        passStart = lastNow;
        while (true) {
            long pass = state.takeNextPass(script.file());
            totals = totals.inPass(pass);
            replayPass(pass);
            passStart = passStart.plus(script.length());
        }
    }

    private void replayPass(long pass) throws ImportException, InterruptedException {
        List<ReplayScript.Step> steps = script.steps();
        int next = 0;
        while (next < steps.size()) {
            int end = endOfDue(next, readClock());
            boolean moreIsDue = end - next == MAX_BATCH_EVENTS;
            if (end > next) {
                totals = totals.plus(sink.deliver(events(steps.subList(next, end), pass)));
                next = end;
                forgetLag(next);
            }
            if (!moreIsDue) {
                pause.pause(TICK);
            }
        }
    }

    /** Steps that the machine's clock made backwards are taken along, so that the traffic does not stop for them. */
    private Instant readClock() {
        Instant now = clock.instant();
        if (now.isBefore(lastNow)) {
            passStart = passStart.minus(Duration.between(now, lastNow));
        }
        lastNow = now;
        return now;
    }

    private int endOfDue(int from, Instant now) {
        List<ReplayScript.Step> steps = script.steps();
        int most = Math.min(steps.size(), from + MAX_BATCH_EVENTS);
        int end = from;
        while (end < most && !dueAt(steps.get(end)).isAfter(now)) {
            end++;
        }
        return end;
    }

    private void forgetLag(int next) {
        Instant due = next < script.steps().size() ? dueAt(script.steps().get(next)) : passStart.plus(script.length());
        Duration lag = Duration.between(due, readClock());
        if (lag.compareTo(LONGEST_LAG) > 0) {
            passStart = passStart.plus(lag);
        }
    }

    private Instant dueAt(ReplayScript.Step step) {
        return passStart.plus(step.position());
    }

    private List<ImportEvent> events(List<ReplayScript.Step> due, long pass) {
        List<ImportEvent> events = new ArrayList<>(due.size());
        for (ReplayScript.Step step : due) {
            Instant timestamp = Instant.ofEpochMilli(dueAt(step).toEpochMilli());
            String user = userInPass(step.request().user(), pass);
            events.add(step.request().event(ids, pass, timestamp, user, sessions.sessionOf(user, timestamp)));
        }
        return events;
    }

    /** Once in {@link #generations} passes they are the users of the imported history. */
    private String userInPass(String user, long pass) {
        long generation = pass % generations;
        return generation == 0 ? user : user + "-" + generation;
    }

    /** Stops at once, also in the middle of a delivery, and returns when it has. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            if (thread.getState() != Thread.State.NEW && !thread.join(STOP_TIMEOUT)) {
                LOG.warn("replay still running after {} [pass={}]", STOP_TIMEOUT, totals.pass());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
