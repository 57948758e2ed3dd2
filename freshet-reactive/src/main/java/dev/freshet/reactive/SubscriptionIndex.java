package dev.freshet.reactive;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * All subscriptions, by the intervals they have read: one interval tree for each index. A commit asks only the trees of
 * the indexes it touched, so subscriptions elsewhere cost it nothing. Belongs to the committer's thread.
 */
final class SubscriptionIndex {
    private final Map<IndexId, IntervalTree<Subscription>> trees = new HashMap<>();
    private int size;

    /** How many intervals are subscribed to. */
    int size() {
        return size;
    }

    void add(Subscription subscription) {
        for (Map.Entry<IndexId, List<Interval>> ofIndex :
                subscription.reads().intervals().entrySet()) {
            IntervalTree<Subscription> tree = trees.computeIfAbsent(ofIndex.getKey(), ignored -> new IntervalTree<>());
            ofIndex.getValue().forEach(interval -> tree.add(interval, subscription));
            size += ofIndex.getValue().size();
        }
    }

    void remove(Subscription subscription) {
        for (Map.Entry<IndexId, List<Interval>> ofIndex :
                subscription.reads().intervals().entrySet()) {
            IntervalTree<Subscription> tree = trees.get(ofIndex.getKey());
            if (tree != null) {
                int before = tree.size();
                ofIndex.getValue().forEach(interval -> tree.remove(interval, subscription));
                size -= before - tree.size();
                if (tree.size() == 0) {
                    trees.remove(ofIndex.getKey());
                }
            }
        }
    }

    void forEachTouched(IndexId index, IndexKey key, Consumer<Subscription> consumer) {
        IntervalTree<Subscription> tree = trees.get(index);
        if (tree != null) {
            tree.forEachContaining(key, consumer);
        }
    }
}
