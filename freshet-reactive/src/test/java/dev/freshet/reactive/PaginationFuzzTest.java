package dev.freshet.reactive;

import static dev.freshet.reactive.TestDatabase.ITEMS;
import static dev.freshet.reactive.TestDatabase.group;
import static dev.freshet.reactive.TestDatabase.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.api.Order;
import dev.freshet.functions.api.PaginationOptions;
import dev.freshet.functions.api.PaginationResult;
import dev.freshet.functions.api.TableQuery;
import dev.freshet.functions.value.ConvexObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Keeps pages as the official hook does, over a table that changes at random: each is read again with its journal, some
 * are split. Together they always are the whole range, each document once and in order, up to where the last one ends.
 */
class PaginationFuzzTest {
    /** A page that is held: what was asked for, and what its last run left in the journal. */
    private record Held(PaginationOptions options, Optional<String> journal, PaginationResult result) {}

    @Test
    void pagesAreTheRangeWithoutGapAndOverlap() {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed " + seed);
        for (int round = 0; round < 40; round++) {
            Random random = new Random(seed + round);
            try (TestDatabase world = new TestDatabase()) {
                keepPages(world, random, random.nextBoolean() ? Order.ASCENDING : Order.DESCENDING);
            }
        }
    }

    private static void keepPages(TestDatabase world, Random random, Order order) {
        List<Held> pages = new ArrayList<>();
        write(world, random, 1 + random.nextInt(30));
        for (int step = 0; step < 60; step++) {
            write(world, random, random.nextInt(5));
            // All pages of a client are of one snapshot, as in one Transition.
            Snapshot snapshot = world.database.latest();
            pages.replaceAll(page -> run(world, snapshot, order, page.options, page.journal));
            if (pages.isEmpty()) {
                pages.add(
                        run(world, snapshot, order, PaginationOptions.first(1 + random.nextInt(6)), Optional.empty()));
            } else if (!pages.getLast().result.isDone() && random.nextInt(3) == 0) {
                PaginationOptions next = PaginationOptions.first(1 + random.nextInt(6))
                        .from(pages.getLast().result.continueCursor());
                pages.add(run(world, snapshot, order, next, Optional.empty()));
            }
            int split = random.nextInt(pages.size());
            if (pages.get(split).result.splitCursor().isPresent() && random.nextInt(3) == 0) {
                splitPage(world, snapshot, order, pages, split);
            }
            check(world, snapshot, order, pages);
        }
    }

    private static void splitPage(TestDatabase world, Snapshot snapshot, Order order, List<Held> pages, int index) {
        Held whole = pages.remove(index);
        String middle = whole.result.splitCursor().orElseThrow();
        PaginationOptions lower = whole.options.through(middle);
        PaginationOptions upper = whole.options.from(middle).through(whole.result.continueCursor());
        pages.add(index, run(world, snapshot, order, upper, Optional.empty()));
        pages.add(index, run(world, snapshot, order, lower, Optional.empty()));
    }

    private static Held run(
            TestDatabase world, Snapshot snapshot, Order order, PaginationOptions options, Optional<String> journal) {
        Transaction transaction = world.database.begin(snapshot, () -> false, journal);
        PaginationResult result = range(transaction, order).paginate(options);
        return new Held(options, transaction.journal(), result);
    }

    private static TableQuery range(Transaction transaction, Order order) {
        return transaction.query(ITEMS).withIndex("by_group", group("a")).order(order);
    }

    private static void check(TestDatabase world, Snapshot snapshot, Order order, List<Held> pages) {
        List<ConvexObject> all =
                range(world.database.begin(snapshot, () -> false), order).collect();
        List<ConvexObject> held = new ArrayList<>();
        pages.forEach(page -> held.addAll(page.result.page()));
        assertThat(held).isEqualTo(all.subList(0, held.size()));
        if (pages.getLast().result.isDone()) {
            assertThat(held).hasSameSizeAs(all);
        }
    }

    private static void write(TestDatabase world, Random random, int changes) {
        Transaction transaction = world.begin();
        for (int change = 0; change < changes; change++) {
            List<ConvexObject> all = transaction.query(ITEMS).collect();
            if (!all.isEmpty() && random.nextInt(5) < 2) {
                transaction.delete(ITEMS, all.get(random.nextInt(all.size())).string("_id"));
            } else {
                transaction.insert(ITEMS, item(random.nextInt(5) == 0 ? "b" : "a", random.nextInt(20)));
            }
        }
        world.committed(transaction);
    }
}
