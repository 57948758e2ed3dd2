package dev.freshet.reactive;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map: a weight-balanced tree whose changed copies share all but one path with the original, so that
 * a snapshot costs nothing and a change costs O(log n). The weights also give positions, so that a range is counted in
 * O(log n) without visiting it.
 */
final class SortedTree<K extends Comparable<K>, V> {
    /** How much heavier one side may be than the other, and when a double rotation is due. */
    private static final int BALANCE = 3;

    private static final int ROTATION = 2;

    private static final SortedTree<?, ?> EMPTY = new SortedTree<>(null);

    private final @Nullable Node<K, V> root;

    private SortedTree(@Nullable Node<K, V> root) {
        this.root = root;
    }

    @SuppressWarnings("unchecked")
    static <K extends Comparable<K>, V> SortedTree<K, V> empty() {
        return (SortedTree<K, V>) EMPTY;
    }

    int size() {
        return weight(root);
    }

    Optional<V> get(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return Optional.of(node.value);
            }
            node = order < 0 ? node.left : node.right;
        }
        return Optional.empty();
    }

    SortedTree<K, V> with(K key, V value) {
        return new SortedTree<>(insert(root, key, value));
    }

    SortedTree<K, V> without(K key) {
        return get(key).isEmpty() ? this : new SortedTree<>(remove(root, key));
    }

    /** How many keys are at or past {@code lower} and before {@code upper}. */
    int count(K lower, K upper) {
        return Math.max(0, countBefore(upper) - countBefore(lower));
    }

    private int countBefore(K key) {
        int count = 0;
        Node<K, V> node = root;
        while (node != null) {
            if (key.compareTo(node.key) <= 0) {
                node = node.left;
            } else {
                count += weight(node.left) + 1;
                node = node.right;
            }
        }
        return count;
    }

    /** The entries from {@code lower} on and before {@code upper}, in order or from the end. */
    Iterator<Entry<K, V>> range(K lower, K upper, boolean descending) {
        return descending ? new Descending<>(root, lower, upper) : new Ascending<>(root, lower, upper);
    }

    private static int weight(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.weight;
    }

    private static <K extends Comparable<K>, V> Node<K, V> insert(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return new Node<>(key, value, node.left, node.right);
        }
        return order < 0
                ? balance(node.key, node.value, insert(node.left, key, value), node.right)
                : balance(node.key, node.value, node.left, insert(node.right, key, value));
    }

    private static <K extends Comparable<K>, V> @Nullable Node<K, V> remove(@Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balance(node.key, node.value, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balance(node.key, node.value, node.left, remove(node.right, key));
        }
        if (node.left == null) {
            return node.right;
        }
        if (node.right == null) {
            return node.left;
        }
        Node<K, V> successor = first(node.right);
        return balance(successor.key, successor.value, node.left, remove(node.right, successor.key));
    }

    private static <K extends Comparable<K>, V> Node<K, V> first(Node<K, V> node) {
        Node<K, V> first = node;
        while (first.left != null) {
            first = first.left;
        }
        return first;
    }

    private static <K extends Comparable<K>, V> Node<K, V> balance(
            K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        int leftWeight = weight(left);
        int rightWeight = weight(right);
        if (leftWeight + rightWeight > 1) {
            if (right != null && rightWeight > BALANCE * leftWeight) {
                return rotateLeft(key, value, left, right);
            }
            if (left != null && leftWeight > BALANCE * rightWeight) {
                return rotateRight(key, value, left, right);
            }
        }
        return new Node<>(key, value, left, right);
    }

    private static <K extends Comparable<K>, V> Node<K, V> rotateLeft(
            K key, V value, @Nullable Node<K, V> left, Node<K, V> right) {
        Node<K, V> inner = right.left;
        if (inner == null || inner.weight < ROTATION * weight(right.right)) {
            return new Node<>(right.key, right.value, new Node<>(key, value, left, inner), right.right);
        }
        return new Node<>(
                inner.key,
                inner.value,
                new Node<>(key, value, left, inner.left),
                new Node<>(right.key, right.value, inner.right, right.right));
    }

    private static <K extends Comparable<K>, V> Node<K, V> rotateRight(
            K key, V value, Node<K, V> left, @Nullable Node<K, V> right) {
        Node<K, V> inner = left.right;
        if (inner == null || inner.weight < ROTATION * weight(left.left)) {
            return new Node<>(left.key, left.value, left.left, new Node<>(key, value, inner, right));
        }
        return new Node<>(
                inner.key,
                inner.value,
                new Node<>(left.key, left.value, left.left, inner.left),
                new Node<>(key, value, inner.right, right));
    }

    /** Whether no node is heavier on one side than the balance allows; for tests. */
    boolean balanced() {
        return balanced(root);
    }

    private static boolean balanced(@Nullable Node<?, ?> node) {
        if (node == null) {
            return true;
        }
        int left = weight(node.left);
        int right = weight(node.right);
        boolean here = left + right <= 1 || (left <= BALANCE * right && right <= BALANCE * left);
        return here && balanced(node.left) && balanced(node.right);
    }

    /** A key and its value. */
    record Entry<K, V>(K key, V value) {}

    private static final class Node<K, V> {
        final K key;
        final V value;
        final @Nullable Node<K, V> left;
        final @Nullable Node<K, V> right;
        final int weight;

        Node(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.weight = SortedTree.weight(left) + SortedTree.weight(right) + 1;
        }
    }

    /** Walks with a stack of the nodes still to be visited; the top one is next. */
    private abstract static class Walk<K extends Comparable<K>, V> implements Iterator<Entry<K, V>> {
        final Deque<Node<K, V>> path = new ArrayDeque<>();
        final K lower;
        final K upper;

        Walk(K lower, K upper) {
            this.lower = lower;
            this.upper = upper;
        }

        abstract void descend(@Nullable Node<K, V> from);

        abstract boolean within(K key);

        abstract @Nullable Node<K, V> following(Node<K, V> node);

        @Override
        public boolean hasNext() {
            Node<K, V> next = path.peek();
            return next != null && within(next.key);
        }

        @Override
        public Entry<K, V> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Node<K, V> node = path.pop();
            descend(following(node));
            return new Entry<>(node.key, node.value);
        }
    }

    private static final class Ascending<K extends Comparable<K>, V> extends Walk<K, V> {
        Ascending(@Nullable Node<K, V> root, K lower, K upper) {
            super(lower, upper);
            descend(root);
        }

        @Override
        void descend(@Nullable Node<K, V> from) {
            Node<K, V> node = from;
            while (node != null) {
                if (node.key.compareTo(lower) >= 0) {
                    path.push(node);
                    node = node.left;
                } else {
                    node = node.right;
                }
            }
        }

        @Override
        boolean within(K key) {
            return key.compareTo(upper) < 0;
        }

        @Override
        @Nullable
        Node<K, V> following(Node<K, V> node) {
            return node.right;
        }
    }

    private static final class Descending<K extends Comparable<K>, V> extends Walk<K, V> {
        Descending(@Nullable Node<K, V> root, K lower, K upper) {
            super(lower, upper);
            descend(root);
        }

        @Override
        void descend(@Nullable Node<K, V> from) {
            Node<K, V> node = from;
            while (node != null) {
                if (node.key.compareTo(upper) < 0) {
                    path.push(node);
                    node = node.right;
                } else {
                    node = node.left;
                }
            }
        }

        @Override
        boolean within(K key) {
            return key.compareTo(lower) >= 0;
        }

        @Override
        @Nullable
        Node<K, V> following(Node<K, V> node) {
            return node.left;
        }
    }
}
