package dev.freshet.reactive;

import dev.freshet.functions.api.IndexRange;
import dev.freshet.functions.api.Order;
import dev.freshet.functions.api.PaginationOptions;
import dev.freshet.functions.api.PaginationResult;
import dev.freshet.functions.api.TableQuery;
import dev.freshet.functions.value.ConvexObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A table query over a transaction. Notes as read exactly the interval that it walked. */
record IndexScan(
        Transaction transaction,
        TableSchema schema,
        int index,
        Interval interval,
        Order direction,
        List<Predicate<ConvexObject>> filters)
        implements TableQuery {
    static IndexScan whole(Transaction transaction, TableSchema schema, int index) {
        return new IndexScan(transaction, schema, index, Interval.ALL, Order.ASCENDING, List.of());
    }

    @Override
    public TableQuery withIndex(String indexName, IndexRange range) {
        int named = schema.indexNamed(indexName);
        Interval part = IndexRanges.intervalOf(schema.indexes().get(named), range);
        return new IndexScan(transaction, schema, named, part, direction, filters);
    }

    @Override
    public TableQuery order(Order newDirection) {
        return new IndexScan(transaction, schema, index, interval, newDirection, filters);
    }

    @Override
    public TableQuery filter(Predicate<ConvexObject> predicate) {
        List<Predicate<ConvexObject>> more = new ArrayList<>(filters);
        more.add(predicate);
        return new IndexScan(transaction, schema, index, interval, direction, List.copyOf(more));
    }

    @Override
    public List<ConvexObject> collect() {
        return take(Integer.MAX_VALUE);
    }

    @Override
    public List<ConvexObject> take(int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("take(" + limit + ") must not be negative");
        }
        List<ConvexObject> taken = new ArrayList<>();
        if (limit == 0 || interval.isEmpty()) {
            return taken;
        }
        Interval walked = interval;
        try {
            Iterator<SortedTree.Entry<IndexKey, Document>> entries =
                    transaction.table(schema.name()).range(index, interval, direction == Order.DESCENDING);
            while (entries.hasNext()) {
                SortedTree.Entry<IndexKey, Document> entry = entries.next();
                transaction.countScanned(schema, Optional.of(entry.value()));
                if (passes(entry.value().value())) {
                    taken.add(entry.value().value());
                    if (taken.size() == limit) {
                        walked = upTo(interval, entry.key());
                        break;
                    }
                }
            }
        } finally {
            // Where a filter or a limit throws on the way, the whole interval counts as read.
            transaction.noteRead(schema.indexes().get(index).id(), walked);
        }
        return taken;
    }

    /** The part of a range that has been walked when this key was the last. */
    Interval upTo(Interval range, IndexKey last) {
        return direction == Order.ASCENDING
                ? new Interval(range.lower(), last.next())
                : new Interval(last, range.upper());
    }

    /** What sets this query apart from others, but for its filters, which are code. */
    byte[] fingerprint() {
        return (schema.name()
                        + ' '
                        + schema.indexes().get(index).id().index()
                        + ' '
                        + interval.lower()
                        + ' '
                        + interval.upper()
                        + ' '
                        + direction)
                .getBytes(StandardCharsets.UTF_8);
    }

    boolean passes(ConvexObject document) {
        for (Predicate<ConvexObject> filter : filters) {
            if (!filter.test(document)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Optional<ConvexObject> first() {
        return take(1).stream().findFirst();
    }

    @Override
    public Optional<ConvexObject> unique() {
        List<ConvexObject> found = take(2);
        if (found.size() > 1) {
            throw new IllegalStateException("unique() found more than one document in " + schema.name());
        }
        return found.stream().findFirst();
    }

    @Override
    public PaginationResult paginate(PaginationOptions options) {
        return new PageScan(this).read(options);
    }

    @Override
    public long count() {
        if (!filters.isEmpty()) {
            return collect().size();
        }
        transaction.noteRead(schema.indexes().get(index).id(), interval);
        return interval.isEmpty() ? 0 : transaction.table(schema.name()).count(index, interval);
    }
}
