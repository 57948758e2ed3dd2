package dev.freshet.functions.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table: its name, what its documents must look like, its indexes, and whether it outlives the server. Every table has the indexes {@code by_id} and
 * {@code by_creation_time} besides.
 *
 * @param name an identifier
 * @param document what documents must look like apart from {@code _id} and {@code _creationTime}; empty for anything
 * @param indexes further indexes
 * @param isDurable whether its documents outlive the server
 */
public record TableDefinition(
        String name, Optional<Validator> document, List<IndexDefinition> indexes, boolean isDurable) {
    /** The index by document id. */
    public static final String BY_ID = "by_id";

    /** The index by time of creation. */
    public static final String BY_CREATION_TIME = "by_creation_time";

    /** Further indexes a table may have. */
    public static final int MAX_INDEXES = 32;

    public TableDefinition {
        Identifiers.requireOwn("table", name);
        indexes = List.copyOf(indexes);
        if (indexes.size() > MAX_INDEXES) {
            throw new IllegalArgumentException("the table " + name + " has more than " + MAX_INDEXES + " indexes");
        }
        long names = indexes.stream().map(IndexDefinition::name).distinct().count();
        if (names != indexes.size()) {
            throw new IllegalArgumentException("two indexes of the table " + name + " have the same name");
        }
    }

    /** A table that takes any document and has no further index. */
    public static TableDefinition named(String name) {
        return new TableDefinition(name, Optional.empty(), List.of(), false);
    }

    /** This table with its documents described. */
    public TableDefinition document(Validator validator) {
        return new TableDefinition(name, Optional.of(validator), indexes, isDurable);
    }

    /** This table with one more index over the fields, which may be dotted paths. */
    public TableDefinition index(String indexName, String... fields) {
        List<IndexDefinition> more = new ArrayList<>(indexes);
        more.add(new IndexDefinition(indexName, List.of(fields)));
        return new TableDefinition(name, document, more, isDurable);
    }

    /**
     * This table with its documents kept on the disk: a mutation that writes it is answered, and seen by others, once that is
     * synced. All of it is in memory all the same.
     */
    public TableDefinition durable() {
        return new TableDefinition(name, document, indexes, true);
    }
}
