package dev.freshet.arrivals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.EventLogOptions;
import dev.freshet.eventstore.WriterStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real thread over a real log; ClickHouse is a model that holds what the test put into it. */
class ArrivalsTest {
    private static final long LIMIT_SECONDS = 20;

    @TempDir
    private Path folder;

    private final ModelStore store = new ModelStore();
    private final BlockingQueue<List<ArrivedEvent>> toldOfTeam = new LinkedBlockingQueue<>();
    private final BlockingQueue<LetterPage> toldOfPage = new LinkedBlockingQueue<>();
    private final BlockingQueue<LetterPageKey> refusedPages = new LinkedBlockingQueue<>();
    private volatile long inserted;
    private EventLog log;
    private Arrivals arrivals;

    @BeforeEach
    void open() {
        log = EventLog.open(EventLogOptions.in(folder));
        arrivals = new Arrivals(log, this::status, store.arrivals(), new ArrivalSink() {
            @Override
            public void events(String teamId, List<ArrivedEvent> newestFirst) {
                if (teamId.equals("team")) {
                    toldOfTeam.add(newestFirst);
                }
            }

            @Override
            public void letters(LetterPageKey key, LetterPage page) {
                toldOfPage.add(page);
            }

            @Override
            public void tooManyLetters(LetterPageKey key) {
                refusedPages.add(key);
            }
        });
        arrivals.start();
    }

    @AfterEach
    void close() {
        arrivals.close();
        log.close();
    }

    private WriterStatus status() {
        return new WriterStatus(inserted, inserted, 0, Duration.ZERO, 0, 0, 0, 0, Optional.empty());
    }

    private void durable(EventRows rows) {
        log.writer().append(rows, 2_000);
        log.writer().sync();
    }

    private void event(String teamId, String name) {
        durable(new EventRowsBuilder(256)
                .row(1_000, 1, log.durablePosition() + 1, EventType.PAGE_VIEW)
                .text(teamId)
                .text(name)
                .text("user")
                .text("session")
                .text("{}")
                .build());
    }

    private void letter(String teamId, String body) {
        EventRowsBuilder rows = new EventRowsBuilder(256);
        new DeadLetter(teamId, 2_000, "native", "invalid_json", "why", body).addTo(rows);
        durable(rows.build());
    }

    private static List<String> names(List<ArrivedEvent> events) {
        return events.stream().map(ArrivedEvent::name).toList();
    }

    private static List<String> bodies(LetterPage page) {
        return page.letters().stream().map(kept -> kept.letter().body()).toList();
    }

    /** Takes what is told until it is as wanted. */
    private static <T> T await(BlockingQueue<T> told, Predicate<T> wanted) throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        T last = null;
        while (last == null || !wanted.test(last)) {
            T next = told.poll(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(next).as("what is wanted; the last told was %s", last).isNotNull();
            last = next;
        }
        return last;
    }

    @Test
    void theLastEventsOfATeamAreToldAndThenEachThatComes() throws InterruptedException {
        event("team", "one");
        event("other team", "not shown");
        event("team", "two");
        arrivals.watchEvents("team");
        assertThat(names(await(toldOfTeam, events -> events.size() == 2))).containsExactly("two", "one");

        event("team", "three");
        event("other team", "not shown");

        assertThat(names(await(toldOfTeam, events -> events.size() == 3))).containsExactly("three", "two", "one");
    }

    @Test
    void eventsOfClickHouseAndOfTheLogMeetWithoutGapAndWithoutRepeat() throws InterruptedException {
        for (int number = 1; number <= 6; number++) {
            event("team", "event " + number);
            if (number <= 4) {
                store.event("team", number, "event " + number);
            }
        }
        inserted = 4;

        arrivals.watchEvents("team");

        assertThat(names(await(toldOfTeam, events -> events.size() == 6)))
                .containsExactly("event 6", "event 5", "event 4", "event 3", "event 2", "event 1");
    }

    @Test
    void aSecondTeamBeginsInTheMiddleWithWhatOnlyTheLogHas() throws InterruptedException {
        event("team", "one");
        arrivals.watchEvents("other team");
        event("other team", "not shown");
        event("team", "two");
        arrivals.watchEvents("team");
        event("team", "three");

        assertThat(names(await(toldOfTeam, events -> events.size() == 3))).containsExactly("three", "two", "one");
    }

    @Test
    void noMoreThanTheLastHundredAreKept() throws InterruptedException {
        arrivals.watchEvents("team");
        for (int number = 1; number <= 150; number++) {
            event("team", "event " + number);
        }

        List<ArrivedEvent> last = await(
                toldOfTeam,
                events -> !events.isEmpty() && events.getFirst().name().equals("event 150"));

        assertThat(last).hasSize(100);
        assertThat(last.getLast().name()).isEqualTo("event 51");
    }

    @Test
    void withoutClickHouseTheEventsOfTheLogAreTold() throws InterruptedException {
        store.setAway(true);
        event("team", "one");
        arrivals.watchEvents("team");

        assertThat(names(await(toldOfTeam, events -> events.size() == 1))).containsExactly("one");
        event("team", "two");
        assertThat(names(await(toldOfTeam, events -> events.size() == 2))).containsExactly("two", "one");
    }

    @Test
    void longPropertiesAreCutAndSaySo() throws InterruptedException {
        durable(new EventRowsBuilder(256)
                .row(1_000, 1, 1, EventType.PAGE_VIEW)
                .text("team")
                .text("long")
                .text("user")
                .text("session")
                .text("{\"a\":\"" + "😀".repeat(3_000) + "\"}")
                .build());
        arrivals.watchEvents("team");

        ArrivedEvent event = await(toldOfTeam, events -> events.size() == 1).getFirst();

        assertThat(event.isCut()).isTrue();
        assertThat(event.properties()).hasSizeLessThanOrEqualTo(ArrivedEvent.MOST_PROPERTIES);
        assertThat(Character.isHighSurrogate(
                        event.properties().charAt(event.properties().length() - 1)))
                .isFalse();
    }

    @Test
    void nobodyIsAskedAndNothingToldOnceNobodyLooks() throws InterruptedException {
        arrivals.watchEvents("team");
        await(toldOfTeam, List::isEmpty);
        arrivals.forgetEvents("team");
        // The thread takes commands in order, so an answer to the next means that the last is done.
        arrivals.watchPage(new LetterPageKey("team", LetterPlace.START, Optional.empty(), 10));
        await(toldOfPage, page -> true);
        arrivals.forgetPage(new LetterPageKey("team", LetterPlace.START, Optional.empty(), 10));
        int questions = store.questions();

        event("team", "unseen");
        letter("team", "unseen");
        store.event("team", 1, "unseen");
        inserted = 2;
        arrivals.watchEvents("team");

        await(toldOfTeam, events -> events.size() == 1);
        assertThat(toldOfPage).isEmpty();
        assertThat(store.questions() - questions)
                .as("one for each span of time")
                .isEqualTo(4);
    }

    @Test
    void aDeadLetterComesIntoAnOpenPageOnceClickHouseHasIt() throws InterruptedException {
        store.letter("team", 1_000, 0, "old");
        arrivals.watchPage(new LetterPageKey("team", LetterPlace.START, Optional.empty(), 10));
        assertThat(bodies(await(toldOfPage, page -> true))).containsExactly("old");
        int questions = store.questions();

        letter("team", "new");
        store.letter("team", 2_000, 1, "new");
        letter("other team", "not shown");
        inserted = 2;

        assertThat(bodies(await(toldOfPage, page -> page.letters().size() == 2)))
                .containsExactly("new", "old");
        assertThat(store.questions() - questions).isLessThanOrEqualTo(2);
    }

    @Test
    void aDeadLetterThatWaitedForClickHouseBeforeAnybodyLookedComesToo() throws InterruptedException {
        letter("team", "waiting");
        arrivals.watchPage(new LetterPageKey("team", LetterPlace.START, Optional.empty(), 10));
        assertThat(await(toldOfPage, page -> true).letters()).isEmpty();

        store.letter("team", 2_000, 1, "waiting");
        inserted = 1;

        assertThat(bodies(await(toldOfPage, page -> !page.letters().isEmpty()))).containsExactly("waiting");
    }

    private static LetterPageKey page(String teamId, int number) {
        return new LetterPageKey(teamId, new LetterPlace(1_000 + number, 0), Optional.empty(), 100);
    }

    @Test
    void aTeamHasAtMostSoManyLettersInOpenPagesAndTheNextComesWhenOneIsClosed() throws InterruptedException {
        int most = Arrivals.MOST_LETTERS / 100;
        for (int number = 0; number < most; number++) {
            arrivals.watchPage(page("team", number));
            await(toldOfPage, told -> true);
        }
        arrivals.watchPage(page("team", 0));
        LetterPageKey tooMany = page("team", most);
        arrivals.watchPage(tooMany);
        assertThat(await(refusedPages, told -> true)).isEqualTo(tooMany);
        arrivals.watchPage(page("other team", 0));
        await(toldOfPage, told -> true);
        assertThat(toldOfPage).isEmpty();
        assertThat(refusedPages).isEmpty();

        arrivals.forgetPage(page("other team", 0));
        arrivals.forgetPage(page("team", 0));

        await(toldOfPage, told -> true);
        arrivals.watchPage(page("team", most + 1));
        assertThat(await(refusedPages, told -> true)).isEqualTo(page("team", most + 1));
        arrivals.forgetPage(page("team", most + 1));
        arrivals.forgetPage(tooMany);
        arrivals.watchPage(page("team", 0));
        await(toldOfPage, told -> true);
        assertThat(refusedPages).isEmpty();
    }

    @Test
    void aPageComesByItselfWhenClickHouseIsBack() throws InterruptedException {
        store.letter("team", 1_000, 1, "kept");
        store.setAway(true);
        arrivals.watchPage(new LetterPageKey("team", LetterPlace.START, Optional.empty(), 10));
        while (store.questions() == 0) {
            Thread.onSpinWait();
        }
        store.setAway(false);

        assertThat(bodies(await(toldOfPage, page -> true))).containsExactly("kept");
    }

    @Test
    void aFaultOfAnyKindInAnAnswerIsNotTheLastOfIt() throws InterruptedException {
        event("team", "stored");
        store.event("team", 1, "stored");
        inserted = 1;
        store.letter("team", 1_000, 1, "kept");
        store.setFault(new IllegalStateException("an answer that cannot be read"));
        arrivals.watchPage(new LetterPageKey("team", LetterPlace.START, Optional.empty(), 10));
        arrivals.watchEvents("team");
        while (store.questions() < 2) {
            Thread.onSpinWait();
        }
        store.setAway(false);

        assertThat(bodies(await(toldOfPage, page -> true))).containsExactly("kept");
        assertThat(names(await(toldOfTeam, events -> !events.isEmpty()))).containsExactly("stored");
    }

    @Test
    void thePagesOfAllTeamsShareABoundInBytesPastWhichTheyHoldFewerLetters() throws InterruptedException {
        long mostBytes = 30 * WatchedPage.LETTER_BYTES;
        for (int team = 0; team < 40; team++) {
            for (int number = 0; number < 60; number++) {
                store.letter("team " + team, 1_000 + number, 1, "x".repeat(DeadLetter.MOST_BODY_BYTES));
            }
        }
        BlockingQueue<LetterPageKey> refused = new LinkedBlockingQueue<>();
        BlockingQueue<LetterPage> told = new LinkedBlockingQueue<>();
        try (Arrivals bounded = new Arrivals(log, this::status, store.arrivals(), telling(told, refused), mostBytes)) {
            bounded.start();
            List<LetterPage> shown = new ArrayList<>();
            int team = 0;
            while (refused.isEmpty()) {
                bounded.watchPage(wholeOf("team " + team++));
                LetterPage next = null;
                while (next == null && refused.isEmpty()) {
                    next = told.poll(10, TimeUnit.MILLISECONDS);
                }
                if (next != null) {
                    shown.add(next);
                }
            }

            assertThat(shown).hasSizeGreaterThan(3).hasSizeLessThan(40);
            assertThat(shown).allSatisfy(page -> {
                assertThat(page.letters()).isNotEmpty().hasSizeLessThan(60);
                assertThat(page.isLast())
                        .as("it goes on behind its last letter")
                        .isFalse();
                assertThat(page.end()).isEqualTo(page.letters().getLast().place());
            });
            assertThat(shown.getFirst().letters().size())
                    .isGreaterThan(shown.getLast().letters().size());
            assertThat(shown.stream().mapToLong(LetterPage::bytes).sum()).isLessThanOrEqualTo(mostBytes);

            bounded.forgetPage(wholeOf("team 0"));
            assertThat(await(told, page -> true).letters()).as("who waited").isNotEmpty();
        }
    }

    private static LetterPageKey wholeOf(String teamId) {
        return new LetterPageKey(teamId, LetterPlace.START, Optional.empty(), 100);
    }

    private static ArrivalSink telling(BlockingQueue<LetterPage> told, BlockingQueue<LetterPageKey> refused) {
        return new ArrivalSink() {
            @Override
            public void events(String teamId, List<ArrivedEvent> newestFirst) {}

            @Override
            public void letters(LetterPageKey key, LetterPage page) {
                told.add(page);
            }

            @Override
            public void tooManyLetters(LetterPageKey key) {
                refused.add(key);
            }
        };
    }
}
