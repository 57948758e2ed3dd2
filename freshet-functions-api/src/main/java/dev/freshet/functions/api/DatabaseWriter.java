package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import java.util.Set;

/** Reads and changes tables in one transaction, which sees its own changes. Belongs to the thread of its function. */
public interface DatabaseWriter extends DatabaseReader {
    /**
     * Adds a document, which gets an id and a time of creation.
     *
     * @return its id
     */
    String insert(String table, ConvexObject document);

    /**
     * Sets these fields of a document and leaves the others.
     *
     * @throws IllegalArgumentException when there is no such document
     */
    default void patch(String table, String id, ConvexObject fields) {
        patch(table, id, fields, Set.of());
    }

    /**
     * Sets fields of a document, takes others out and leaves the rest.
     *
     * @throws IllegalArgumentException when there is no such document
     */
    void patch(String table, String id, ConvexObject fields, Set<String> removedFields);

    /**
     * Puts other content under a document's id.
     *
     * @throws IllegalArgumentException when there is no such document
     */
    void replace(String table, String id, ConvexObject document);

    /**
     * Removes a document.
     *
     * @throws IllegalArgumentException when there is no such document
     */
    void delete(String table, String id);
}
