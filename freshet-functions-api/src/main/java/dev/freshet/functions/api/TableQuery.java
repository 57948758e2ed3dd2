package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads documents of one table through one index. Immutable: each method of narrowing returns a new query. What is read
 * ends where the reading stops: {@link #take} and {@link #first} do not depend on documents behind the last one returned.
 */
public interface TableQuery {
    /** Reads the given part of an index, in its order. */
    TableQuery withIndex(String index, IndexRange range);

    /** Reads in this order; ascending if not said. */
    TableQuery order(Order order);

    /** Leaves out documents that do not pass. They count as read all the same. */
    TableQuery filter(Predicate<ConvexObject> predicate);

    /** All documents. */
    List<ConvexObject> collect();

    /** At most so many documents. */
    List<ConvexObject> take(int limit);

    /** The first document. */
    Optional<ConvexObject> first();

    /**
     * The only document.
     *
     * @throws IllegalStateException when there is more than one
     */
    Optional<ConvexObject> unique();

    /**
     * A page of the documents. What is read begins behind the cursor and ends where the page ends. A function reads one
     * page in all; further ones throw.
     *
     * @throws ConvexError with {@code paginationError: "InvalidCursor"} when a cursor is not one of this very query
     */
    PaginationResult paginate(PaginationOptions options);

    /** How many documents there are; without a filter they are counted without being read. */
    long count();
}
