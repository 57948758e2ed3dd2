package dev.freshet.reactive;

import dev.freshet.functions.api.Order;
import dev.freshet.functions.api.PaginationOptions;
import dev.freshet.functions.api.PaginationResult;
import dev.freshet.functions.api.PaginationResult.PageStatus;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ValueLimits;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Reads one page of an index scan. A page without a known end is read until it has the wanted number of documents; where
 * it ended goes into the transaction's journal, and a run that is given that journal, or an end cursor, reads up to
 * there, however many documents that now are. A journal that does not fit, as when the range has moved since, counts for
 * nothing; a cursor that does not fit is an error. Used once.
 */
final class PageScan {
    /** So much of one page is read before it counts as too long, as it must leave room for what else a function reads. */
    private static final long MOST_BYTES = 8L << 20;

    private final IndexScan scan;
    private final Transaction transaction;
    private final PageCursors cursors;
    private final byte[] query;
    private final List<ConvexObject> page = new ArrayList<>();
    private final List<IndexKey> pageKeys = new ArrayList<>();
    private final List<IndexKey> scannedKeys = new ArrayList<>();
    private long scannedBytes;

    PageScan(IndexScan scan) {
        this.scan = scan;
        this.transaction = scan.transaction();
        this.cursors = transaction.pageCursors();
        this.query = scan.fingerprint();
    }

    PaginationResult read(PaginationOptions options) {
        transaction.beginPage();
        Optional<PagePosition> start = options.cursor().map(text -> cursors.decode(query, text));
        Optional<PagePosition> knownEnd = options.endCursor()
                .map(text -> cursors.decode(query, text))
                .or(() -> transaction
                        .journal()
                        .flatMap(text -> cursors.find(query, text))
                        .filter(end -> liesBehind(start, end)));
        int mostRows = Math.min(
                options.maximumRowsRead().orElse(Integer.MAX_VALUE),
                transaction.limits().scannedDocuments() / 2);
        long mostBytes = Math.min(options.maximumBytesRead().orElse(MOST_BYTES), MOST_BYTES);
        int wanted = knownEnd.isPresent() ? Integer.MAX_VALUE : options.numItems();

        Stop stop = walk(between(start, knownEnd), wanted, mostRows, mostBytes);

        PagePosition end = knownEnd.orElseGet(() ->
                stop == Stop.END_OF_RANGE ? new PagePosition.End() : new PagePosition.Behind(scannedKeys.getLast()));
        String endCursor = cursors.encode(query, end);
        if (options.endCursor().isEmpty()) {
            transaction.setJournal(endCursor);
        }
        boolean isIncomplete = knownEnd.isPresent() && stop == Stop.LIMIT;
        Optional<PageStatus> status = Optional.empty();
        if (isIncomplete) {
            status = Optional.of(PageStatus.SPLIT_REQUIRED);
        } else if (isNearLimits(mostRows, mostBytes)) {
            status = Optional.of(PageStatus.SPLIT_RECOMMENDED);
        }
        return new PaginationResult(
                page, end instanceof PagePosition.End && !isIncomplete, endCursor, splitCursor(isIncomplete), status);
    }

    private boolean liesBehind(Optional<PagePosition> start, PagePosition end) {
        Interval range = between(start, Optional.of(end));
        return range.lower().compareTo(range.upper()) < 0;
    }

    private enum Stop {
        END_OF_RANGE,
        FULL,
        LIMIT
    }

    private Stop walk(Interval range, int wanted, int mostRows, long mostBytes) {
        Interval walked = range;
        boolean isDescending = scan.direction() == Order.DESCENDING;
        try {
            Iterator<SortedTree.Entry<IndexKey, Document>> entries =
                    transaction.table(scan.schema().name()).range(scan.index(), range, isDescending);
            while (entries.hasNext()) {
                if (isPastLimits(mostRows, mostBytes)) {
                    walked = scan.upTo(range, scannedKeys.getLast());
                    return Stop.LIMIT;
                }
                SortedTree.Entry<IndexKey, Document> entry = entries.next();
                ConvexObject document = entry.value().value();
                transaction.countScanned(scan.schema(), Optional.of(entry.value()));
                scannedKeys.add(entry.key());
                scannedBytes += entry.value().size();
                if (scan.passes(document)) {
                    page.add(document);
                    pageKeys.add(entry.key());
                    if (page.size() == wanted) {
                        walked = scan.upTo(range, entry.key());
                        return Stop.FULL;
                    }
                }
            }
            return Stop.END_OF_RANGE;
        } finally {
            // Where a filter or a limit throws on the way, the whole range counts as read.
            transaction.noteRead(scan.schema().indexes().get(scan.index()).id(), walked);
        }
    }

    private boolean isPastLimits(int mostRows, long mostBytes) {
        return scannedKeys.size() >= Math.max(1, mostRows)
                || scannedBytes >= mostBytes
                || page.size() >= ValueLimits.MAX_ARRAY_LENGTH;
    }

    private boolean isNearLimits(int mostRows, long mostBytes) {
        return scannedKeys.size() > mostRows * 3L / 4
                || scannedBytes > mostBytes / 4 * 3
                || page.size() > ValueLimits.MAX_ARRAY_LENGTH * 3 / 4;
    }

    /** The middle of what is shown; of a page that is incomplete the middle of what was looked at, shown or not. */
    private Optional<String> splitCursor(boolean isIncomplete) {
        List<IndexKey> keys = isIncomplete ? scannedKeys : pageKeys;
        int before = isIncomplete ? (keys.size() + 1) / 2 : keys.size() / 2;
        return before == 0
                ? Optional.empty()
                : Optional.of(cursors.encode(query, new PagePosition.Behind(keys.get(before - 1))));
    }

    private Interval between(Optional<PagePosition> start, Optional<PagePosition> end) {
        Interval whole = scan.interval();
        IndexKey lower = whole.lower();
        IndexKey upper = whole.upper();
        boolean isAscending = scan.direction() == Order.ASCENDING;
        if (start.isPresent()) {
            switch (start.get()) {
                case PagePosition.End() -> {
                    lower = isAscending ? upper : lower;
                    upper = isAscending ? upper : lower;
                }
                case PagePosition.Behind(IndexKey key) -> {
                    lower = isAscending ? key.next() : lower;
                    upper = isAscending ? upper : key;
                }
            }
        }
        if (end.isPresent() && end.get() instanceof PagePosition.Behind(IndexKey key)) {
            lower = isAscending ? lower : key;
            upper = isAscending ? key.next() : upper;
        }
        return new Interval(lower, upper);
    }
}
