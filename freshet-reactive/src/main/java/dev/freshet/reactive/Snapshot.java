package dev.freshet.reactive;

import dev.freshet.functions.value.ConvexObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** All tables at one timestamp. Immutable, and cheap to keep: snapshots share what has not changed between them. */
public final class Snapshot {
    private final long timestampNs;
    private final Map<String, TableSnapshot> tables;

    Snapshot(long timestampNs, Map<String, TableSnapshot> tables) {
        this.timestampNs = timestampNs;
        this.tables = tables;
    }

    /** The timestamp of the last commit that is in it. */
    public long timestampNs() {
        return timestampNs;
    }

    /** Whether there is such a table. */
    public boolean hasTable(String name) {
        return tables.containsKey(name);
    }

    /**
     * Whether the text may be the id of a document of the table. Only where the ids are made here can that be told from the
     * text; whether there is such a document is not asked.
     */
    public boolean allowsId(String table, String id) {
        TableSnapshot found = tables.get(table);
        return found == null || found.schema().allowsId(id);
    }

    /** How many documents the table holds. */
    public int size(String table) {
        return table(table).size();
    }

    /** How large the documents of a managed table are in all; 0 for other tables. */
    public long managedBytes(String table) {
        return table(table).managedBytes();
    }

    /** Tells each document of a table with its id. Not part of what functions read. */
    public void forEachDocument(String table, BiConsumer<String, ConvexObject> consumer) {
        table(table)
                .all()
                .forEachRemaining(entry ->
                        consumer.accept(entry.value().id(), entry.value().value()));
    }

    /** Tells each document of a table with its id and when it was committed, in nanoseconds since the epoch, the oldest first. */
    public void forEachByAge(String table, WrittenDocument consumer) {
        List<Document> all = new ArrayList<>();
        table(table).all().forEachRemaining(entry -> all.add(entry.value()));
        all.sort(Comparator.comparingLong(Document::writtenAtNs));
        all.forEach(document -> consumer.accept(document.id(), document.value(), document.writtenAtNs()));
    }

    /** Hears of documents. */
    @FunctionalInterface
    public interface WrittenDocument {
        /** Of one document. */
        void accept(String id, ConvexObject document, long writtenAtNs);
    }

    TableSnapshot table(String name) {
        TableSnapshot table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("there is no table " + name);
        }
        return table;
    }

    Map<String, TableSnapshot> tables() {
        return tables;
    }

    Snapshot with(long newTimestampNs, Map<String, TableSnapshot> changedTables) {
        Map<String, TableSnapshot> all = new HashMap<>(tables);
        all.putAll(changedTables);
        return new Snapshot(newTimestampNs, all);
    }
}
