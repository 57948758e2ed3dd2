package dev.freshet.functions.api;

import java.util.List;

/**
 * An index: documents ordered by these fields, then by time of creation, then by id. A document that lacks a field sorts
 * before all that have it.
 *
 * @param name an identifier, not one of the built-in indexes
 * @param fields names or dotted paths
 */
public record IndexDefinition(String name, List<String> fields) {
    /** Fields an index may have. */
    public static final int MAX_FIELDS = 16;

    public IndexDefinition {
        Identifiers.requireOwn("index", name);
        fields = List.copyOf(fields);
        if (name.equals(TableDefinition.BY_ID) || name.equals(TableDefinition.BY_CREATION_TIME)) {
            throw new IllegalArgumentException("the index name " + name + " is built in");
        }
        if (fields.isEmpty() || fields.size() > MAX_FIELDS) {
            throw new IllegalArgumentException("the index " + name + " must have 1 to " + MAX_FIELDS + " fields");
        }
    }
}
