package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import java.util.Optional;

/**
 * The tables at one moment. All that is looked at, found or not, becomes part of what the function read, so that a
 * later change to it runs the query again or makes the mutation conflict. Belongs to the thread of its function.
 */
public interface DatabaseReader {
    /** The document, with its {@code _id} and {@code _creationTime}; empty if there is none (any more). */
    Optional<ConvexObject> get(String table, String id);

    /** Begins to read a table; without more it is all of it, oldest first. */
    TableQuery query(String table);
}
