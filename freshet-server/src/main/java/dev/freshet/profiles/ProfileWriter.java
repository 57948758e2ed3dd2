package dev.freshet.profiles;

import dev.freshet.documents.Person;
import dev.freshet.documents.Profiles;
import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.ProfileChange;
import dev.freshet.event.RowKind;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogException;
import dev.freshet.eventlog.EventLogReader;
import dev.freshet.eventlog.LogRetention;
import dev.freshet.eventstore.EventStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log for changes of profiles. One thread applies each to MongoDB, copies the people concerned into ClickHouse, and
 * only then moves the frontier {@code profiled} on, so that none is lost while either is away; what was applied and not noted is
 * applied again, which changes nothing. A change that either refuses for its content is left out, and holds up nothing.
 * {@code durable >= profiled}.
 */
public final class ProfileWriter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ProfileWriter.class);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
    private static final Duration MOST_BACKOFF = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(3);
    private static final int MOST_CHANGES = 500;
    private static final long MOST_CHARACTERS = 8 << 20;

    private final EventLog eventLog;
    private final Profiles profiles;
    private final ProfileCopy copy;
    private final ProfiledPosition profiled;
    private final LogRetention.Frontier frontier;
    private final LongAdder applied = new LongAdder();
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final Thread thread;
    private volatile Optional<String> failure = Optional.empty();
    private Duration backoff = FIRST_BACKOFF;

    /**
     * Does not begin before {@link #start}.
     *
     * @param profiled belongs to the writer from here on
     */
    public ProfileWriter(
            EventLog eventLog,
            Profiles profiles,
            EventStore store,
            ProfiledPosition profiled,
            LogRetention.Frontier frontier) {
        this.eventLog = eventLog;
        this.profiles = profiles;
        copy = new ProfileCopy(profiles, store);
        this.profiled = profiled;
        this.frontier = frontier;
        thread = Thread.ofPlatform().name("profile-writer").daemon().unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** How many changes were applied since the start, those that were applied again included. */
    public long appliedChanges() {
        return applied.sum();
    }

    /** How many changes, and copies of profiles, were left out since the start, since their content is refused. */
    public long refusedChanges() {
        return profiles.refused().count();
    }

    /** Every change up to there is in MongoDB and in ClickHouse's copy, or refused for ever. */
    public long profiledPosition() {
        return frontier.position();
    }

    /** Why changes wait; empty while all is well. */
    public Optional<String> failure() {
        return failure;
    }

    private void run() {
        while (!isStopping()) {
            try (EventLogReader reader = eventLog.readMixedFrom(frontier.position() + 1)) {
                follow(reader);
            } catch (RuntimeException | Error cause) {
                // Whatever it is: no change that was acknowledged may be left behind while this process lives.
                backOff(cause);
            } catch (InterruptedException interrupted) {
                log.warn("the profile writer was interrupted and ends; the next start goes on from here");
                return;
            } finally {
                notePosition(true);
            }
        }
    }

    private void follow(EventLogReader reader) throws InterruptedException {
        while (!isStopping()) {
            List<ProfileChange> changes = new ArrayList<>();
            Optional<EventRows> block = reader.next(POLL);
            while (block.isPresent()) {
                collect(block.get(), changes);
                block = isEnough(changes) ? Optional.empty() : reader.next(Duration.ZERO);
            }
            apply(changes);
            frontier.advanceTo(reader.position() - 1);
            notePosition(!changes.isEmpty());
            if (failure.isPresent()) {
                log.info("profiles are written again [profiled={}]", frontier.position());
                failure = Optional.empty();
            }
            backoff = FIRST_BACKOFF;
        }
    }

    private static boolean isEnough(List<ProfileChange> changes) {
        return changes.size() >= MOST_CHANGES
                || changes.stream()
                                .mapToLong(change -> change.traits().length())
                                .sum()
                        >= MOST_CHARACTERS;
    }

    private static void collect(EventRows block, List<ProfileChange> changes) {
        EventCursor row = block.cursor();
        while (row.next()) {
            if (row.kind() == RowKind.PROFILE_CHANGE) {
                changes.add(ProfileChange.of(row));
            }
        }
    }

    private void apply(List<ProfileChange> changes) {
        if (changes.isEmpty()) {
            return;
        }
        long refusedBefore = profiles.refused().count();
        Set<Person> people = profiles.apply(changes);
        long refused = profiles.refused().count() - refusedBefore;
        copy.bring(people);
        applied.add(changes.size() - refused);
    }

    private void notePosition(boolean isAtOnce) {
        try {
            profiled.note(frontier.position(), isAtOnce);
        } catch (EventLogException cause) {
            // The changes behind the noted position are applied again after a restart.
            log.warn("the position of the profile writer could not be noted", cause);
        }
    }

    private void backOff(Throwable cause) {
        if (isStopping()) {
            return;
        }
        if (failure.isEmpty()) {
            log.warn("changes of profiles wait in the log [profiled={}]", frontier.position(), cause);
        }
        failure = Optional.of(String.valueOf(cause.getMessage()));
        try {
            if (stopRequested.await(backoff.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Duration doubled = backoff.multipliedBy(2);
        backoff = doubled.compareTo(MOST_BACKOFF) < 0 ? doubled : MOST_BACKOFF;
    }

    private boolean isStopping() {
        return stopRequested.getCount() == 0;
    }

    /** Ends after the batch under way; the rest waits in the log for the next start. */
    @Override
    public void close() {
        stopRequested.countDown();
        try {
            if (!thread.join(STOP_LIMIT)) {
                log.warn("the profile writer did not end in time; the next start repeats what it was doing");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
