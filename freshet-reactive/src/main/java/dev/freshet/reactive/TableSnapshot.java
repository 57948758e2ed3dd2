package dev.freshet.reactive;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** One table at one moment: each index a sorted tree of its own. Immutable. */
final class TableSnapshot {
    private final TableSchema schema;
    private final List<SortedTree<IndexKey, Document>> trees;
    private final long managedBytes;

    private TableSnapshot(TableSchema schema, List<SortedTree<IndexKey, Document>> trees, long managedBytes) {
        this.schema = schema;
        this.trees = trees;
        this.managedBytes = managedBytes;
    }

    static TableSnapshot empty(TableSchema schema) {
        List<SortedTree<IndexKey, Document>> trees = new ArrayList<>();
        schema.indexes().forEach(index -> trees.add(SortedTree.empty()));
        return new TableSnapshot(schema, trees, 0);
    }

    TableSchema schema() {
        return schema;
    }

    int size() {
        return trees.getFirst().size();
    }

    Optional<Document> get(String id) {
        return trees.getFirst().get(idKey(id));
    }

    /** See {@link Snapshot#managedBytes}. */
    long managedBytes() {
        return managedBytes;
    }

    static IndexKey idKey(String id) {
        return new IndexKeyWriter().addString(id).key();
    }

    Iterator<SortedTree.Entry<IndexKey, Document>> range(int index, Interval interval, boolean descending) {
        return trees.get(index).range(interval.lower(), interval.upper(), descending);
    }

    /** All documents, by their ids. */
    Iterator<SortedTree.Entry<IndexKey, Document>> all() {
        return range(0, Interval.ALL, false);
    }

    int count(int index, Interval interval) {
        return trees.get(index).count(interval.lower(), interval.upper());
    }

    /**
     * This table after a write.
     *
     * @param touched is told each index key that the write takes away or puts there
     */
    TableSnapshot apply(DocumentWrite write, KeyConsumer touched) {
        Optional<Document> old = get(write.id());
        if (old.isEmpty() && write.document().isEmpty()) {
            return this;
        }
        List<SortedTree<IndexKey, Document>> changed = new ArrayList<>(trees.size());
        for (int position = 0; position < trees.size(); position++) {
            TableIndex index = schema.indexes().get(position);
            SortedTree<IndexKey, Document> tree = trees.get(position);
            Optional<IndexKey> oldKey = old.map(index::keyOf);
            Optional<IndexKey> newKey = write.document().map(index::keyOf);
            if (oldKey.isPresent()) {
                touched.accept(index.id(), oldKey.get());
                if (!oldKey.equals(newKey)) {
                    tree = tree.without(oldKey.get());
                }
            }
            if (newKey.isPresent()) {
                if (!newKey.equals(oldKey)) {
                    touched.accept(index.id(), newKey.get());
                }
                tree = tree.with(newKey.get(), write.document().orElseThrow());
            }
            changed.add(tree);
        }
        return new TableSnapshot(schema, changed, managedBytes + bytesOf(write.document()) - bytesOf(old));
    }

    private long bytesOf(Optional<Document> document) {
        return schema.kind() == TableSchema.Kind.MANAGED
                ? document.map(Document::size).orElse(0L)
                : 0;
    }

    /** Hears of index keys. */
    @FunctionalInterface
    interface KeyConsumer {
        void accept(IndexId index, IndexKey key);
    }
}
