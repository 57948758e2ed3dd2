package dev.freshet.reactive;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Intervals with their holders, asked which ones contain a key. A treap ordered by the intervals' lower ends; each node
 * knows the highest upper end below it, so that a question costs O(log n) and the hits. Equal intervals share a node.
 * Belongs to one thread.
 */
final class IntervalTree<T> {
    /** Priorities only have to differ at random; a fixed seed makes runs repeatable. */
    private final SplittableRandom priorities = new SplittableRandom(20_150_518);

    private @Nullable Node<T> root;
    private int size;

    /** How many pairs of interval and holder there are. */
    int size() {
        return size;
    }

    void add(Interval interval, T holder) {
        Node<T> node = find(interval);
        if (node == null) {
            node = new Node<>(interval, priorities.nextInt());
            root = insert(root, node);
        }
        if (node.holders.add(holder)) {
            size++;
        }
    }

    void remove(Interval interval, T holder) {
        Node<T> node = find(interval);
        if (node != null && node.holders.remove(holder)) {
            size--;
            if (node.holders.isEmpty()) {
                root = delete(root, interval);
            }
        }
    }

    /** Tells the holders of all intervals that contain the key; a holder of several is told several times. */
    void forEachContaining(IndexKey key, Consumer<T> consumer) {
        visit(root, key, consumer);
    }

    private static <T> void visit(@Nullable Node<T> from, IndexKey key, Consumer<T> consumer) {
        Node<T> node = from;
        while (node != null && key.compareTo(node.highestUpper) < 0) {
            visit(node.left, key, consumer);
            if (key.compareTo(node.interval.lower()) < 0) {
                return;
            }
            if (key.compareTo(node.interval.upper()) < 0) {
                node.holders.forEach(consumer);
            }
            node = node.right;
        }
    }

    private @Nullable Node<T> find(Interval interval) {
        Node<T> node = root;
        while (node != null) {
            int order = interval.compareTo(node.interval);
            if (order == 0) {
                return node;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    private static <T> Node<T> insert(@Nullable Node<T> at, Node<T> added) {
        if (at == null) {
            return added;
        }
        if (added.interval.compareTo(at.interval) < 0) {
            at.left = insert(at.left, added);
            return at.left.priority > at.priority ? rotateRight(at, at.left) : at.refreshed();
        }
        at.right = insert(at.right, added);
        return at.right.priority > at.priority ? rotateLeft(at, at.right) : at.refreshed();
    }

    private static <T> @Nullable Node<T> delete(@Nullable Node<T> at, Interval interval) {
        if (at == null) {
            return null;
        }
        int order = interval.compareTo(at.interval);
        if (order == 0) {
            return merge(at.left, at.right);
        }
        if (order < 0) {
            at.left = delete(at.left, interval);
        } else {
            at.right = delete(at.right, interval);
        }
        return at.refreshed();
    }

    private static <T> @Nullable Node<T> merge(@Nullable Node<T> left, @Nullable Node<T> right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        if (left.priority > right.priority) {
            left.right = merge(left.right, right);
            return left.refreshed();
        }
        right.left = merge(left, right.left);
        return right.refreshed();
    }

    private static <T> Node<T> rotateRight(Node<T> node, Node<T> left) {
        node.left = left.right;
        left.right = node.refreshed();
        return left.refreshed();
    }

    private static <T> Node<T> rotateLeft(Node<T> node, Node<T> right) {
        node.right = right.left;
        right.left = node.refreshed();
        return right.refreshed();
    }

    private static final class Node<T> {
        final Interval interval;
        final int priority;
        final Set<T> holders = new HashSet<>(2);
        IndexKey highestUpper;

        @Nullable
        Node<T> left;

        @Nullable
        Node<T> right;

        Node(Interval interval, int priority) {
            this.interval = interval;
            this.priority = priority;
            this.highestUpper = interval.upper();
        }

        Node<T> refreshed() {
            IndexKey highest = interval.upper();
            if (left != null && left.highestUpper.compareTo(highest) > 0) {
                highest = left.highestUpper;
            }
            if (right != null && right.highestUpper.compareTo(highest) > 0) {
                highest = right.highestUpper;
            }
            highestUpper = highest;
            return this;
        }
    }
}
