package dev.freshet.reactive;

import dev.freshet.functions.api.IndexDefinition;
import dev.freshet.functions.api.TableDefinition;
import dev.freshet.functions.api.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the database knows of one table.
 *
 * @param number goes into the ids of its documents
 * @param kind how its documents come to be
 * @param durability which of its commits are kept on the disk
 * @param indexes by_id first
 */
record TableSchema(
        String name,
        int number,
        Kind kind,
        Durability durability,
        Optional<Validator> document,
        List<TableIndex> indexes) {
    /** How a table's documents come to be. */
    enum Kind {
        /** Functions write them. */
        MEMORY,
        /** A provider publishes them while they are watched. */
        DEMAND,
        /** The runtime writes them; functions read them as they read their own. */
        MANAGED,
        /** The database itself writes them. */
        SYSTEM
    }

    static TableSchema memory(TableDefinition definition, int number) {
        List<TableIndex> indexes = new ArrayList<>();
        indexes.add(TableIndex.of(definition.name(), TableDefinition.BY_ID, List.of(), true));
        indexes.add(TableIndex.of(definition.name(), TableDefinition.BY_CREATION_TIME, List.of(), false));
        for (IndexDefinition index : definition.indexes()) {
            indexes.add(TableIndex.of(definition.name(), index.name(), index.fields(), false));
        }
        return new TableSchema(
                definition.name(),
                number,
                Kind.MEMORY,
                definition.isDurable() ? Durability.DURABLE : Durability.MEMORY,
                definition.document(),
                List.copyOf(indexes));
    }

    static TableSchema managed(String name, int number, List<IndexDefinition> definitions) {
        List<TableIndex> indexes = new ArrayList<>();
        indexes.add(TableIndex.of(name, TableDefinition.BY_ID, List.of(), true));
        indexes.add(TableIndex.of(name, TableDefinition.BY_CREATION_TIME, List.of(), false));
        definitions.forEach(index -> indexes.add(TableIndex.of(name, index.name(), index.fields(), false)));
        return new TableSchema(name, number, Kind.MANAGED, Durability.DURABLE, Optional.empty(), List.copyOf(indexes));
    }

    static TableSchema byIdOnly(String name, int number, Kind kind, Durability durability) {
        return new TableSchema(
                name,
                number,
                kind,
                durability,
                Optional.empty(),
                List.of(TableIndex.of(name, TableDefinition.BY_ID, List.of(), true)));
    }

    /** The same table where nothing is kept on the disk. */
    TableSchema inMemory() {
        return new TableSchema(name, number, kind, Durability.MEMORY, document, indexes);
    }

    /** Whether the text may be the id of one of its documents; those that a provider publishes have names of its choice. */
    boolean allowsId(String id) {
        return switch (kind) {
            case MEMORY, MANAGED -> DocumentIds.tableNumberOf(id).equals(OptionalInt.of(number));
            case DEMAND, SYSTEM -> true;
        };
    }

    TableIndex byId() {
        return indexes.getFirst();
    }

    /** The position of the index in {@link #indexes()}. */
    int indexNamed(String index) {
        for (int position = 0; position < indexes.size(); position++) {
            if (indexes.get(position).id().index().equals(index)) {
                return position;
            }
        }
        throw new IllegalArgumentException("the table " + name + " has no index " + index);
    }
}
