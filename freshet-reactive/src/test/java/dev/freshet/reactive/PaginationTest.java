package dev.freshet.reactive;

import static dev.freshet.reactive.TestDatabase.ITEMS;
import static dev.freshet.reactive.TestDatabase.group;
import static dev.freshet.reactive.TestDatabase.item;
import static dev.freshet.reactive.TestDatabase.ranks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.api.Order;
import dev.freshet.functions.api.PaginationOptions;
import dev.freshet.functions.api.PaginationResult;
import dev.freshet.functions.api.PaginationResult.PageStatus;
import dev.freshet.functions.api.TableQuery;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Randomness;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaginationTest {
    private final TestDatabase world = new TestDatabase();

    @BeforeEach
    void fill() {
        insert(LongStream.rangeClosed(1, 10).toArray());
        Transaction other = world.begin();
        other.insert(ITEMS, item("b", 1));
        world.committed(other);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    private void insert(long... ranks) {
        Transaction writing = world.begin();
        for (long rank : ranks) {
            writing.insert(ITEMS, item("a", rank));
        }
        world.committed(writing);
    }

    private TableQuery inGroup(Transaction transaction) {
        return transaction.query(ITEMS).withIndex("by_group", group("a"));
    }

    private PaginationResult page(PaginationOptions options) {
        return inGroup(world.begin()).paginate(options);
    }

    @Test
    void pagesFollowOneAnotherToTheEndInBothDirections() {
        for (Order order : Order.values()) {
            List<ConvexObject> all = new ArrayList<>();
            PaginationOptions options = PaginationOptions.first(4);
            PaginationResult page;
            int pages = 0;
            do {
                page = inGroup(world.begin()).order(order).paginate(options);
                all.addAll(page.page());
                options = options.from(page.continueCursor());
                pages++;
            } while (!page.isDone());

            List<Double> expected = ranks(inGroup(world.begin()).order(order).collect());
            assertThat(ranks(all)).isEqualTo(expected).hasSize(10);
            assertThat(pages).isEqualTo(3);
            assertThat(inGroup(world.begin()).order(order).paginate(options).page())
                    .isEmpty();
        }
    }

    @Test
    void aJournalKeepsThePagesEndWhileDocumentsComeAndGo() {
        Transaction first = world.begin();
        PaginationResult page = inGroup(first).paginate(PaginationOptions.first(4));
        Optional<String> journal = first.journal();
        assertThat(journal).contains(page.continueCursor());

        Transaction writing = world.begin();
        writing.insert(ITEMS, item("a", 3).with("rank", ConvexValue.of(2.5)));
        writing.insert(ITEMS, item("a", 0));
        writing.delete(ITEMS, page.page().getFirst().string("_id"));
        world.committed(writing);

        Transaction again = world.database.begin(world.database.latest(), () -> false, journal);
        PaginationResult grown = inGroup(again).paginate(PaginationOptions.first(4));
        assertThat(ranks(grown.page())).containsExactly(0.0, 2.0, 2.5, 3.0, 4.0);
        assertThat(grown.continueCursor()).isEqualTo(page.continueCursor());
        assertThat(again.journal()).isEqualTo(journal);
    }

    @Test
    void aPageThatReachedTheEndTakesWhatIsAppended() {
        Transaction first = world.begin();
        PaginationResult page = inGroup(first).paginate(PaginationOptions.first(20));
        assertThat(page.isDone()).isTrue();
        insert(11, 12);

        Transaction again = world.database.begin(world.database.latest(), () -> false, first.journal());
        PaginationResult grown = inGroup(again).paginate(PaginationOptions.first(20));
        assertThat(grown.page()).hasSize(12);
        assertThat(grown.isDone()).isTrue();
    }

    @Test
    void aJournalThatDoesNotFitCountsForNothingAndACursorThatDoesNotIsRefused() {
        Transaction first = world.begin();
        String ofAnotherRange = world.begin()
                .query(ITEMS)
                .withIndex("by_group", group("a").gt("rank", ConvexValue.of(2)))
                .paginate(PaginationOptions.first(2))
                .continueCursor();
        PaginationResult fresh = inGroup(first).paginate(PaginationOptions.first(4));
        PaginationResult second = page(PaginationOptions.first(4).from(fresh.continueCursor()));
        String beforeThePage = page(PaginationOptions.first(2)).continueCursor();

        for (String journal : List.of(ofAnotherRange, "", "x", "%%%")) {
            Transaction moved = world.database.begin(world.database.latest(), () -> false, Optional.of(journal));
            PaginationResult page = inGroup(moved).paginate(PaginationOptions.first(4));
            assertThat(page).isEqualTo(fresh);
            assertThat(moved.journal()).isEqualTo(first.journal());
            assertInvalid(() -> page(PaginationOptions.first(4).through(journal)));
        }
        Transaction behind = world.database.begin(world.database.latest(), () -> false, Optional.of(beforeThePage));
        assertThat(inGroup(behind).paginate(PaginationOptions.first(4).from(fresh.continueCursor())))
                .isEqualTo(second);
    }

    @Test
    void whatIsReadEndsWithThePage() {
        Transaction page = world.begin();
        inGroup(page).paginate(PaginationOptions.first(4));
        page.insert(ITEMS, item("other", 1));
        insert(11);
        assertThat(world.commit(page)).isInstanceOf(CommitOutcome.Committed.class);

        Transaction disturbed = world.begin();
        inGroup(disturbed).paginate(PaginationOptions.first(4));
        disturbed.insert(ITEMS, item("other", 2));
        insert(3);
        assertThat(world.commit(disturbed)).isInstanceOf(CommitOutcome.Conflict.class);
    }

    @Test
    void aPageIsSplitAtItsCursorWithoutAGap() {
        PaginationResult page = page(PaginationOptions.first(6));
        String middle = page.splitCursor().orElseThrow();

        PaginationResult lower = page(PaginationOptions.first(6).through(middle));
        PaginationResult upper = page(PaginationOptions.first(6).from(middle).through(page.continueCursor()));

        assertThat(ranks(lower.page())).containsExactly(1.0, 2.0, 3.0);
        assertThat(ranks(upper.page())).containsExactly(4.0, 5.0, 6.0);
        assertThat(upper.continueCursor()).isEqualTo(page.continueCursor());
        assertThat(page(PaginationOptions.first(1)).splitCursor()).isEmpty();
    }

    @Test
    void aPageWithAKnownEndAndTooManyRowsMustBeSplit() {
        String end = page(PaginationOptions.first(8)).continueCursor();
        PaginationOptions limited =
                new PaginationOptions(8, Optional.empty(), Optional.of(end), OptionalInt.of(3), OptionalLong.empty());

        PaginationResult page = page(limited);

        assertThat(page.pageStatus()).contains(PageStatus.SPLIT_REQUIRED);
        assertThat(page.continueCursor()).isEqualTo(end);
        PaginationResult lower = page(limited.through(page.splitCursor().orElseThrow()));
        assertThat(lower.pageStatus()).isNotEqualTo(Optional.of(PageStatus.SPLIT_REQUIRED));
        assertThat(ranks(lower.page())).containsExactly(1.0, 2.0);
    }

    @Test
    void anOpenPageEndsEarlyWhenAFilterLeavesOutTooMuch() {
        Transaction transaction = world.begin();
        PaginationResult page = inGroup(transaction)
                .filter(document -> document.number("rank") > 9)
                .paginate(new PaginationOptions(
                        4, Optional.empty(), Optional.empty(), OptionalInt.of(6), OptionalLong.empty()));

        assertThat(page.page()).isEmpty();
        assertThat(page.isDone()).isFalse();
        PaginationResult next = inGroup(world.begin())
                .filter(document -> document.number("rank") > 9)
                .paginate(PaginationOptions.first(4).from(page.continueCursor()));
        assertThat(ranks(next.page())).containsExactly(10.0);
    }

    @Test
    void aCursorIsGoodForItsQueryOnly() {
        String cursor = page(PaginationOptions.first(4)).continueCursor();
        assertThat(page(PaginationOptions.first(4)).continueCursor())
                .as("equal places, equal text")
                .isEqualTo(cursor);
        PaginationOptions options = PaginationOptions.first(4).from(cursor);

        for (TableQuery foreign : List.of(
                inGroup(world.begin()).order(Order.DESCENDING),
                world.begin().query(ITEMS).withIndex("by_group", group("b")),
                world.begin().query(ITEMS))) {
            assertInvalid(() -> foreign.paginate(options));
        }
        for (String wrong : List.of("", "x", "%%%", cursor.substring(2), cursor + "AAAA")) {
            assertInvalid(() -> page(PaginationOptions.first(4).from(wrong)));
        }
        try (TestDatabase restarted = new TestDatabase()) {
            assertInvalid(() -> inGroup(restarted.begin()).paginate(options));
        }
    }

    private static void assertInvalid(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(ConvexError.class, error -> {
                    ConvexObject data = (ConvexObject) error.data();
                    assertThat(data.bool("isConvexSystemError")).isTrue();
                    assertThat(data.string("paginationError")).isEqualTo("InvalidCursor");
                })
                .hasMessageContaining("InvalidCursor");
    }

    @Test
    void aCursorShowsNothingOfTheDocument() {
        Transaction writing = world.begin();
        writing.insert(ITEMS, item("secret-group-name", 1));
        world.committed(writing);

        String cursor = world.begin()
                .query(ITEMS)
                .withIndex("by_group", group("secret-group-name"))
                .paginate(PaginationOptions.first(1))
                .continueCursor();

        byte[] decoded = java.util.Base64.getUrlDecoder().decode(cursor);
        assertThat(new String(decoded, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("secret");
    }

    @Test
    void cursorsOutliveARestartWhereTheirKeyIsKept(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("cursor-key");
        byte[] query = {1, 2, 3};
        PageCursors before = PageCursors.withKeyIn(file, Randomness.secure());
        String cursor = before.encode(query, new PagePosition.End());

        PageCursors after = PageCursors.withKeyIn(file, Randomness.secure());

        assertThat(after.decode(query, cursor)).isEqualTo(new PagePosition.End());
        Files.write(file, new byte[] {1});
        assertThatThrownBy(() -> PageCursors.withKeyIn(file, Randomness.secure()))
                .isInstanceOf(UncheckedIOException.class)
                .hasStackTraceContaining("delete it");
    }

    @Test
    void aFunctionReadsOnePage() {
        Transaction transaction = world.begin();
        inGroup(transaction).paginate(PaginationOptions.first(2));

        assertThatThrownBy(() -> inGroup(transaction).paginate(PaginationOptions.first(2)))
                .hasMessageContaining("MultiplePaginatedDatabaseQueries");
    }

    @Test
    void countingALongRangeReadsNoDocument() {
        TransactionLimits few = new TransactionLimits(10, 16 << 20, 10, 20_000, 16 << 20);
        try (TestDatabase counted = new TestDatabase(builder -> builder.limits(few))) {
            Transaction writing = counted.begin();
            for (long rank = 0; rank < 5_000; rank++) {
                writing.insert(ITEMS, item("a", rank));
            }
            counted.committed(writing);

            assertThat(inGroup(counted.begin()).count()).isEqualTo(5_000);
            assertThatThrownBy(() -> inGroup(counted.begin()).collect()).hasMessageContaining("at most 10 documents");
        }
    }
}
