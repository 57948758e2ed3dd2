package dev.freshet.profiles;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.documents.Profile;
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
import dev.freshet.eventstore.RowBinaryWriter;
import dev.freshet.eventstore.TableInsert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log for changes of profiles. One thread applies each to MongoDB, copies the people concerned into ClickHouse, and
 * only then moves the frontier {@code profiled} on, so that none is lost while either is away; what was applied and not noted is
 * applied again, which changes nothing. {@code durable >= profiled}.
 */
public final class ProfileWriter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ProfileWriter.class);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
    private static final Duration MOST_BACKOFF = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(3);
    private static final int MOST_CHANGES = 500;
    private static final String COLUMNS = "team_id, user_id, traits, version";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EventLog eventLog;
    private final Profiles profiles;
    private final EventStore store;
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
        this.store = store;
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

    /** Every change up to there is in MongoDB and in ClickHouse's copy. */
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
            } catch (RuntimeException cause) {
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
                block = changes.size() < MOST_CHANGES ? reader.next(Duration.ZERO) : Optional.empty();
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
        List<Profile> changed = profiles.apply(changes);
        copy(changed);
        applied.add(changes.size());
    }

    /** The table keeps the row of the highest version, so that a copy made twice, or late, does no harm. */
    private void copy(List<Profile> changed) {
        if (changed.isEmpty()) {
            return;
        }
        RowBinaryWriter rows = new RowBinaryWriter();
        for (Profile profile : changed) {
            rows.string(profile.teamId())
                    .string(profile.userId())
                    .string(json(profile))
                    .int64(profile.version());
        }
        store.insert(new TableInsert("profiles", COLUMNS, List.of(rows.rows()), Optional.empty()));
    }

    private static String json(Profile profile) {
        try {
            return JSON.writeValueAsString(profile.traits());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("traits that were read as JSON can be written as JSON", e);
        }
    }

    private void notePosition(boolean isAtOnce) {
        try {
            profiled.note(frontier.position(), isAtOnce);
        } catch (EventLogException cause) {
            // The changes behind the noted position are applied again after a restart.
            log.warn("the position of the profile writer could not be noted", cause);
        }
    }

    private void backOff(RuntimeException cause) {
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
