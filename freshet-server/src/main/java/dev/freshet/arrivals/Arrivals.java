package dev.freshet.arrivals;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import dev.freshet.event.RowKind;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogException;
import dev.freshet.eventlog.EventLogReader;
import dev.freshet.eventstore.WriterStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what comes in while somebody looks: a team's last events straight from the log, its dead letters once ClickHouse has
 * them. One thread, {@code arrivals}, owns the state and reads the log, once for all teams; another asks ClickHouse. While
 * nobody looks neither does anything, and nothing is kept.
 *
 * <p>Thread-safe. No method blocks, but for {@link #close}.
 */
public final class Arrivals implements AutoCloseable {
    /** The last events that are kept of a team that is watched. */
    public static final int MOST_EVENTS = 100;

    /** So many dead letters the pages of one team that are watched may hold together, as they are when new. */
    public static final int MOST_LETTERS = 4_000;

    /**
     * What the pages of all teams may take together. A page may take half of what is left, so that the last ones hold fewer
     * letters; one that has no room for a letter waits as those past {@link #MOST_LETTERS} do.
     */
    static final long MOST_LETTER_BYTES = 64 << 20;

    private static final Logger log = LoggerFactory.getLogger(Arrivals.class);

    /** A backlog longer than this is not read through for who begins to watch. */
    private static final long MOST_CATCH_UP = 100_000;

    private static final Duration READ_WAIT = Duration.ofMillis(50);
    private static final long PACE_NS = Duration.ofMillis(200).toNanos();
    private static final long RETRY_NS = Duration.ofSeconds(3).toNanos();
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final EventLog eventLog;
    private final Supplier<WriterStatus> writer;
    private final StoredArrivals store;
    private final ArrivalSink sink;
    private final long mostLetterBytes;
    private final LinkedBlockingQueue<Runnable> commands = new LinkedBlockingQueue<>();
    private final ExecutorService storeThread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("arrivals-store").daemon().factory());
    private final Thread owner = Thread.ofPlatform().name("arrivals").daemon().unstarted(this::run);

    private final Map<String, TeamEvents> teams = new HashMap<>();
    private final Map<LetterPageKey, WatchedPage> pages = new HashMap<>();
    /** Pages past the limit, in the order in which they came. */
    private final Set<LetterPageKey> waiting = new LinkedHashSet<>();

    private @Nullable EventLogReader reader;
    private long askStoredAgainNs;
    private long refusedEvents;
    private boolean isLogFailing;
    private boolean isStoreFailing;
    private volatile boolean isClosing;

    /** @param writer tells how far ClickHouse is; must not block */
    public Arrivals(EventLog eventLog, Supplier<WriterStatus> writer, StoredArrivals store, ArrivalSink sink) {
        this(eventLog, writer, store, sink, MOST_LETTER_BYTES);
    }

    Arrivals(
            EventLog eventLog,
            Supplier<WriterStatus> writer,
            StoredArrivals store,
            ArrivalSink sink,
            long mostLetterBytes) {
        this.eventLog = eventLog;
        this.writer = writer;
        this.store = store;
        this.sink = sink;
        this.mostLetterBytes = mostLetterBytes;
    }

    /** Once, after the sink can take results. */
    public void start() {
        owner.start();
    }

    /** From now on the sink hears of the team's last events, now and at most five times a second. */
    public void watchEvents(String teamId) {
        commands.add(() -> teams.computeIfAbsent(teamId, this::begin));
    }

    public void forgetEvents(String teamId) {
        commands.add(() -> teams.remove(teamId));
    }

    /** From now on the sink hears of the page, now and when a letter comes into it, or that there are too many. */
    public void watchPage(LetterPageKey key) {
        commands.add(() -> {
            if (!admit(key) && waiting.add(key)) {
                sink.tooManyLetters(key);
            }
        });
    }

    private boolean admit(LetterPageKey key) {
        boolean isRoom = lettersOf(key.teamId()) + key.letters() <= MOST_LETTERS
                && freeLetterBytes() >= WatchedPage.LETTER_BYTES;
        if (!pages.containsKey(key) && !isRoom) {
            return false;
        }
        await(pages.computeIfAbsent(key, page -> new WatchedPage(page, System.nanoTime())));
        return true;
    }

    private long freeLetterBytes() {
        return mostLetterBytes
                - pages.values().stream().mapToLong(WatchedPage::heldBytes).sum();
    }

    private int lettersOf(String teamId) {
        return pages.keySet().stream()
                .filter(page -> page.teamId().equals(teamId))
                .mapToInt(LetterPageKey::letters)
                .sum();
    }

    /** Letters that wait for ClickHouse already are not seen by who reads the log from its end on. */
    private void await(WatchedPage page) {
        page.await(eventLog.durablePosition());
    }

    public void forgetPage(LetterPageKey key) {
        commands.add(() -> {
            waiting.remove(key);
            pages.remove(key);
            waiting.removeIf(this::admit);
        });
    }

    private void run() {
        while (!isClosing) {
            try {
                round();
            } catch (InterruptedException closing) {
                break;
            } catch (RuntimeException fault) {
                log.error("the last arrivals cannot be told; trying again", fault);
                closeReader();
            }
        }
        closeReader();
    }

    private boolean isIdle() {
        return teams.isEmpty() && pages.isEmpty();
    }

    private void round() throws InterruptedException {
        Runnable command = isIdle() ? commands.take() : commands.poll();
        while (command != null) {
            command.run();
            command = commands.poll();
        }
        if (isIdle()) {
            closeReader();
            return;
        }
        read();
        long nowNs = System.nanoTime();
        askForStoredEvents(nowNs);
        loadPages(nowNs);
        for (TeamEvents team : teams.values()) {
            if (team.isDue(nowNs, PACE_NS)) {
                sink.events(team.teamId(), team.publish(nowNs));
            }
        }
    }

    private void read() throws InterruptedException {
        try {
            EventLogReader following = reader;
            if (following == null) {
                following = eventLog.readFrom(eventLog.durablePosition() + 1);
                reader = following;
                pages.values().forEach(this::await);
            }
            Optional<EventRows> block = following.next(READ_WAIT);
            block.ifPresent(this::look);
            isLogFailing = false;
        } catch (EventLogException failure) {
            if (!isLogFailing && !isClosing) {
                log.warn("the event log cannot be read for who watches it; going on at its end", failure);
            }
            isLogFailing = true;
            closeReader();
            Thread.sleep(READ_WAIT);
        }
    }

    private void look(EventRows block) {
        EventCursor row = block.cursor();
        while (row.next()) {
            RowKind kind = row.kind();
            if (kind == RowKind.EVENT && !teams.isEmpty()) {
                offer(teams.get(row.teamId()), row);
            } else if (kind == RowKind.DEAD_LETTER) {
                String teamId = row.teamId();
                long position = row.logPosition();
                pages.values().stream()
                        .filter(page -> page.key().takesNewLetters()
                                && page.key().teamId().equals(teamId))
                        .forEach(page -> page.await(position));
            }
        }
    }

    private static void offer(@Nullable TeamEvents team, EventCursor row) {
        if (team != null && row.logPosition() >= team.firstPosition()) {
            team.add(ArrivedEvent.of(row));
        }
    }

    /** The events that ClickHouse lacks are read here, up to where the log is followed for all. */
    private TeamEvents begin(String teamId) {
        long first = Math.max(writer.get().inserted(), eventLog.durablePosition() - MOST_CATCH_UP) + 1;
        TeamEvents team = new TeamEvents(teamId, first);
        EventLogReader following = reader;
        try {
            if (following == null) {
                reader = eventLog.readFrom(first);
            } else {
                catchUp(team, following.position());
            }
        } catch (EventLogException failure) {
            log.warn("the events that wait for ClickHouse cannot be shown [team={}]", teamId, failure);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        return team;
    }

    private void catchUp(TeamEvents team, long end) throws InterruptedException {
        if (team.firstPosition() >= end) {
            return;
        }
        try (EventLogReader past = eventLog.readFrom(team.firstPosition())) {
            while (past.position() < end) {
                Optional<EventRows> block = past.next(READ_WAIT);
                if (block.isEmpty()) {
                    return;
                }
                EventCursor row = block.get().cursor();
                while (row.next()) {
                    if (row.logPosition() < end && row.isEvent() && row.teamId().equals(team.teamId())) {
                        team.add(ArrivedEvent.of(row));
                    }
                }
            }
        }
    }

    private void askForStoredEvents(long nowNs) {
        if (nowNs - askStoredAgainNs < 0 && isStoreFailing) {
            return;
        }
        for (TeamEvents team : teams.values()) {
            if (team.askStored()) {
                askStore(
                        () -> store.eventsBefore(team.teamId(), team.firstPosition(), MOST_EVENTS),
                        team::addStored,
                        team::storedFailed);
            }
        }
    }

    private void loadPages(long nowNs) {
        WriterStatus status = writer.get();
        if (status.refusedEvents() != refusedEvents) {
            // Letters that come from ClickHouse's own refusals are not in the log as such.
            refusedEvents = status.refusedEvents();
            pages.values().forEach(WatchedPage::lookAgain);
        }
        for (WatchedPage page : pages.values()) {
            if (page.isDue(nowNs, status.inserted())) {
                long mostBytes = Math.max(WatchedPage.LETTER_BYTES, (freeLetterBytes() + page.heldBytes()) / 2);
                if (mostBytes < page.mostBytes() && pages.values().stream().anyMatch(WatchedPage::isLoading)) {
                    // Those that are being read will take less than they might.
                    continue;
                }
                page.loading(nowNs, PACE_NS, status.inserted(), mostBytes);
                askStore(
                        () -> page.load(store, mostBytes),
                        loaded -> {
                            if (page.loaded(loaded) && pages.get(page.key()) == page) {
                                sink.letters(page.key(), loaded);
                            }
                        },
                        () -> page.failed(System.nanoTime() + RETRY_NS));
            }
        }
    }

    /** The question is put on the other thread, what it gives is handled on the owner's. */
    private <T> void askStore(Supplier<T> question, Consumer<T> answer, Runnable failed) {
        try {
            storeThread.execute(() -> {
                try {
                    T result = question.get();
                    commands.add(() -> {
                        isStoreFailing = false;
                        answer.accept(result);
                    });
                } catch (RuntimeException failure) {
                    // Whatever it is: who waits for this answer would otherwise wait for ever.
                    commands.add(() -> {
                        noteStoreFailure(failure);
                        failed.run();
                    });
                }
            });
        } catch (RejectedExecutionException closing) {
            log.debug("not asked any more", closing);
        }
    }

    private void noteStoreFailure(RuntimeException failure) {
        askStoredAgainNs = System.nanoTime() + RETRY_NS;
        if (!isStoreFailing) {
            isStoreFailing = true;
            log.warn("ClickHouse cannot say what came in before; asking again", failure);
        }
    }

    private void closeReader() {
        EventLogReader open = reader;
        reader = null;
        if (open != null) {
            try {
                open.close();
            } catch (EventLogException failure) {
                log.warn("a reader of the event log could not be closed", failure);
            }
        }
    }

    /** Stops both threads. */
    @Override
    public void close() {
        isClosing = true;
        storeThread.shutdownNow();
        owner.interrupt();
        try {
            if (owner.isAlive() && !owner.join(CLOSE_LIMIT)) {
                log.warn("the thread that follows arrivals did not end in time");
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
