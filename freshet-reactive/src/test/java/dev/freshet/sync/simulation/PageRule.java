package dev.freshet.sync.simulation;

import static dev.freshet.sync.simulation.Violation.require;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.sync.simulation.History.Shown;
import dev.freshet.sync.simulation.StockModel.Item;
import dev.freshet.sync.simulation.StockModel.Place;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pages are the rows in (cursor, end], where the end is the journal. Cursors are sealed, so where each one points to is
 * concluded from all pages that begin or end there: it must be possible for all of them at once. A page that is new is of
 * the length asked for, at the present timestamp or an earlier one, since its first run need not have reached anybody.
 */
final class PageRule {
    private final Map<String, Span> cursors = new HashMap<>();

    /** Between which rows a cursor points; or the end of the table. */
    private static final class Span {
        private final boolean isEnd;
        private Optional<Place> atLeast = Optional.empty();
        private Optional<Place> before = Optional.empty();

        Span(boolean isEnd) {
            this.isEnd = isEnd;
        }

        void liesBetween(Optional<Place> lower, Optional<Place> upper, Shown shown) {
            atLeast = atLeast.filter(known -> lower.isEmpty() || known.compareTo(lower.get()) > 0)
                    .or(() -> lower);
            before = before.filter(known -> upper.isEmpty() || known.compareTo(upper.get()) < 0)
                    .or(() -> upper);
            require(
                    atLeast.isEmpty() || before.isEmpty() || atLeast.get().compareTo(before.get()) < 0,
                    Rule.PAGES,
                    "no place fits all that was seen",
                    atLeast,
                    before,
                    shown);
        }

        boolean allows(Place place) {
            return !isEnd
                    && (atLeast.isEmpty() || atLeast.get().compareTo(place) <= 0)
                    && (before.isEmpty() || place.compareTo(before.get()) < 0);
        }

        boolean surelyHolds(Place place) {
            return isEnd || (atLeast.isPresent() && place.compareTo(atLeast.get()) <= 0);
        }

        boolean surelyExcludes(Place place) {
            return !isEnd && before.isPresent() && place.compareTo(before.get()) >= 0;
        }
    }

    /**
     * Checks a page.
     *
     * @param earlier all states up to this one
     */
    void check(Shown shown, StockModel state, Collection<StockModel> earlier) {
        ConvexObject call = shown.held().arguments();
        ConvexObject options = call.object("paginationOpts");
        require(shown.change().find("value").isPresent(), Rule.PAGES, "a page never fails", shown);
        ConvexObject result = shown.change().object("value");
        String group = call.string("group");
        String end = result.string("continueCursor");
        require(shown.journal().equals(Optional.of(end)), Rule.PAGES, "the journal is the end", shown);
        require(
                shown.journalBefore().isEmpty() || shown.journalBefore().equals(shown.journal()),
                Rule.PAGES,
                "it ends where it ended",
                shown);
        List<Item> rows = state.group(group);
        List<ConvexValue> page = result.array("page").elements();
        Optional<Span> from = options.findString("cursor").map(cursor -> span(group, cursor, false));
        boolean isNew = !cursors.containsKey(group + ' ' + end);
        Span to = span(group, end, result.bool("isDone"));
        require(to.isEnd == result.bool("isDone"), Rule.PAGES, "done is where the table ends", shown);
        if (page.isEmpty()) {
            checkEmpty(rows, from, to, shown);
        } else {
            checkRows(rows, page, from, to, shown);
        }
        if (isNew && shown.journalBefore().isEmpty() && from.isEmpty()) {
            int wanted = (int) options.number("numItems");
            boolean ofWantedLength = earlier.stream()
                    .map(past -> past.group(group))
                    .anyMatch(before -> before.size() < wanted
                            ? to.isEnd
                            : to.allows(before.get(wanted - 1).place()));
            require(ofWantedLength, Rule.PAGES, "a new page is of the length asked for", shown, rows);
        }
    }

    private Span span(String group, String cursor, boolean isEnd) {
        return cursors.computeIfAbsent(group + ' ' + cursor, unknown -> new Span(isEnd));
    }

    private static void checkRows(List<Item> rows, List<ConvexValue> page, Optional<Span> from, Span to, Shown shown) {
        List<ConvexObject> all = rows.stream().map(Item::shown).toList();
        int first = all.indexOf(page.getFirst());
        int behind = first + page.size();
        require(
                first >= 0 && behind <= all.size() && all.subList(first, behind).equals(page),
                Rule.PAGES,
                "a gap, or rows of another time",
                shown,
                rows);
        Optional<Place> previous =
                first == 0 ? Optional.empty() : Optional.of(rows.get(first - 1).place());
        require(from.isPresent() || previous.isEmpty(), Rule.PAGES, "it begins at the beginning", shown, rows);
        from.ifPresent(
                start -> start.liesBetween(previous, Optional.of(rows.get(first).place()), shown));
        if (to.isEnd) {
            require(behind == all.size(), Rule.PAGES, "the last page has all that follows", shown, rows);
        } else {
            Optional<Place> next = behind == all.size()
                    ? Optional.empty()
                    : Optional.of(rows.get(behind).place());
            to.liesBetween(Optional.of(rows.get(behind - 1).place()), next, shown);
        }
    }

    private static void checkEmpty(List<Item> rows, Optional<Span> from, Span to, Shown shown) {
        for (Item row : rows) {
            boolean isBehindStart = from.isEmpty() || from.get().surelyExcludes(row.place());
            require(!(isBehindStart && to.surelyHolds(row.place())), Rule.PAGES, "a row is missing", shown, rows);
        }
        if (from.isEmpty() && !rows.isEmpty()) {
            to.liesBetween(Optional.empty(), Optional.of(rows.getFirst().place()), shown);
        }
        if (from.isPresent() && to.isEnd && !rows.isEmpty()) {
            from.get().liesBetween(Optional.of(rows.getLast().place()), Optional.empty(), shown);
        }
    }
}
