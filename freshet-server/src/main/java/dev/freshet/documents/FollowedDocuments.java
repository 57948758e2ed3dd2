package dev.freshet.documents;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Documents of one collection as they are now, by id: what somebody follows, and what was asked for lately, in memory. One
 * feed of changes keeps all of it in step; a change costs one read of the document that changed, and nothing where nobody
 * follows it.
 *
 * <p>While MongoDB is away, or its changes are not heard of, what is known stays in force and {@link #isStale} says so; all
 * that is followed is read again when it is back.
 *
 * <p>Thread-safe. {@link #find} may block; followers are told by one thread, in order.
 *
 * @param <V> what is kept of a document; a change after which it is equal is none
 */
public final class FollowedDocuments<V> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FollowedDocuments.class);

    private static final int MOST_IDLE = 10_000;
    private static final int MOST_AT_ONCE = 500;
    private static final long RETRY_NANOS = Duration.ofMillis(500).toNanos();

    /** Begins to tell a listener of changes; the result ends that. */
    interface Feed {
        Runnable follow(ChangeListener listener);
    }

    private final String name;
    private final Function<Set<String>, Map<String, V>> reader;
    private final Runnable endFeed;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    // All below is guarded by the lock.
    private final Map<String, Followed<V>> followed = new HashMap<>();
    /** Not followed, and as it is now unless changes are not heard of; the longest unused first. */
    private final Map<String, Optional<V>> idle = new LinkedHashMap<>(16, 0.75f, true);

    private final Set<String> due = new LinkedHashSet<>();
    /** Grows with whatever may have changed, so that what was read meanwhile is not taken for the newest. */
    private long changes;

    private boolean isFeedLost;
    private boolean isUnreadable;
    private boolean isClosed;

    private static final class Followed<V> {
        private final List<Follower<V>> followers = new ArrayList<>();
        /** Absent until it was read. */
        private Optional<Optional<V>> known = Optional.empty();

        private long changedAt;
        private long readAt;

        boolean isCurrent() {
            return known.isPresent() && readAt >= changedAt;
        }
    }

    private static final class Follower<V> {
        private final Consumer<Optional<V>> listener;
        private Optional<V> told;

        Follower(Consumer<Optional<V>> listener, Optional<V> told) {
            this.listener = listener;
            this.told = told;
        }
    }

    private FollowedDocuments(String name, Function<Set<String>, Map<String, V>> reader, Feed feed) {
        this.name = name;
        this.reader = reader;
        this.thread = Thread.ofPlatform().name("read-" + name).daemon().unstarted(this::readUntilClosed);
        this.endFeed = feed.follow(new Changes());
    }

    /** @param reader reads documents by id, those that there are; may block */
    static <V> FollowedDocuments<V> start(String name, Function<Set<String>, Map<String, V>> reader, Feed feed) {
        FollowedDocuments<V> documents = new FollowedDocuments<>(name, reader, feed);
        documents.thread.start();
        return documents;
    }

    /**
     * The document as it is now, empty where there is none; as it was last known while MongoDB is away.
     *
     * @throws DocumentStoreException where MongoDB is away and nothing is known
     */
    public Optional<V> find(String id) {
        long before;
        Optional<Optional<V>> lastKnown;
        lock.lock();
        try {
            Followed<V> one = followed.get(id);
            if (one == null) {
                lastKnown = Optional.ofNullable(idle.get(id));
            } else {
                lastKnown = one.known;
            }
            if (lastKnown.isPresent() && (one == null || one.isCurrent() || isStaleNow())) {
                return lastKnown.get();
            }
            before = changes;
        } finally {
            lock.unlock();
        }
        try {
            Optional<V> read = Optional.ofNullable(reader.apply(Set.of(id)).get(id));
            keepIdle(id, read, before);
            return read;
        } catch (DocumentStoreException away) {
            return lastKnown.orElseThrow(() -> away);
        }
    }

    private void keepIdle(String id, Optional<V> read, long before) {
        lock.lock();
        try {
            if (changes == before && !followed.containsKey(id)) {
                idle.put(id, read);
                Iterator<String> oldest = idle.keySet().iterator();
                while (idle.size() > MOST_IDLE) {
                    oldest.next();
                    oldest.remove();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells of each change from what is given: if the document has become another since it was found, soon; then whenever it
     * changes. Does not block.
     *
     * @param known what {@link #find} gave
     * @param listener must return at once
     * @return ends it, but for a call that is under way
     */
    public Runnable follow(String id, Optional<V> known, Consumer<Optional<V>> listener) {
        Follower<V> follower = new Follower<>(listener, known);
        lock.lock();
        try {
            Followed<V> one = followed.computeIfAbsent(id, key -> {
                Followed<V> made = new Followed<>();
                made.known = Optional.ofNullable(idle.remove(key));
                return made;
            });
            one.followers.add(follower);
            if (!one.isCurrent() || !one.known.equals(Optional.of(known))) {
                due.add(id);
                work.signal();
            }
        } finally {
            lock.unlock();
        }
        return () -> unfollow(id, follower);
    }

    private void unfollow(String id, Follower<V> follower) {
        Optional<Optional<V>> known = Optional.empty();
        long before = 0;
        lock.lock();
        try {
            Followed<V> one = followed.get(id);
            if (one == null || !one.followers.remove(follower) || !one.followers.isEmpty()) {
                return;
            }
            followed.remove(id);
            due.remove(id);
            if (one.isCurrent()) {
                known = one.known;
                before = changes;
            }
        } finally {
            lock.unlock();
        }
        if (known.isPresent()) {
            keepIdle(id, known.get(), before);
        }
    }

    /** Whether what is known may be old, since MongoDB is away or its changes are not heard of. */
    public boolean isStale() {
        lock.lock();
        try {
            return isStaleNow();
        } finally {
            lock.unlock();
        }
    }

    private boolean isStaleNow() {
        return isFeedLost || isUnreadable;
    }

    private final class Changes implements ChangeListener {
        @Override
        public void changed(Set<String> ids) {
            lock.lock();
            try {
                changes++;
                ids.forEach(this::changed);
            } finally {
                lock.unlock();
            }
        }

        private void changed(String id) {
            idle.remove(id);
            Followed<V> one = followed.get(id);
            if (one != null) {
                one.changedAt = changes;
                due.add(id);
                work.signal();
            }
        }

        @Override
        public void allChanged() {
            lock.lock();
            try {
                changes++;
                if (isFeedLost) {
                    isFeedLost = false;
                    log.info("changes are heard of again, all that is followed is read [collection={}]", name);
                }
                idle.clear();
                List.copyOf(followed.keySet()).forEach(this::changed);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void lost(RuntimeException cause) {
            lock.lock();
            try {
                if (!isFeedLost) {
                    isFeedLost = true;
                    log.warn("changes are not heard of, what is known stays in force [collection={}]", name, cause);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    // The thread that reads and tells

    private void readUntilClosed() {
        try {
            while (true) {
                Set<String> ids = new HashSet<>();
                long asOf = takeDue(ids);
                if (asOf < 0) {
                    return;
                }
                read(ids, asOf);
            }
        } catch (InterruptedException closed) {
            log.debug("following ends [collection={}]", name);
        }
    }

    /** Waits for work; returns up to which change a read of it is good, or a negative number once closed. */
    private long takeDue(Set<String> ids) throws InterruptedException {
        lock.lock();
        try {
            while (due.isEmpty() && !isClosed) {
                work.await();
            }
            Iterator<String> next = due.iterator();
            while (next.hasNext() && ids.size() < MOST_AT_ONCE) {
                ids.add(next.next());
                next.remove();
            }
            return isClosed ? -1 : changes;
        } finally {
            lock.unlock();
        }
    }

    private void read(Set<String> ids, long asOf) throws InterruptedException {
        Map<String, V> found;
        try {
            found = reader.apply(ids);
        } catch (RuntimeException failure) {
            // Whatever it is: a read that throws would be the last one.
            failed(ids, failure);
            return;
        }
        tell(ids, found, asOf);
    }

    private void failed(Set<String> ids, RuntimeException failure) throws InterruptedException {
        lock.lock();
        try {
            if (!isUnreadable && !isClosed) {
                log.warn(
                        "documents cannot be read, what is known of them stays in force [collection={}]",
                        name,
                        failure);
            }
            isUnreadable = true;
            ids.stream().filter(followed::containsKey).forEach(due::add);
            long remainingNanos = RETRY_NANOS;
            while (remainingNanos > 0 && !isClosed) {
                remainingNanos = work.awaitNanos(remainingNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell(Set<String> ids, Map<String, V> found, long asOf) {
        List<Runnable> calls = new ArrayList<>();
        lock.lock();
        try {
            if (isUnreadable) {
                isUnreadable = false;
                log.info("documents can be read again [collection={}]", name);
            }
            for (String id : ids) {
                Followed<V> one = followed.get(id);
                if (one != null) {
                    Optional<V> now = Optional.ofNullable(found.get(id));
                    one.known = Optional.of(now);
                    one.readAt = asOf;
                    one.followers.stream()
                            .filter(follower -> !follower.told.equals(now))
                            .forEach(follower -> {
                                follower.told = now;
                                calls.add(() -> follower.listener.accept(now));
                            });
                }
            }
        } finally {
            lock.unlock();
        }
        calls.forEach(this::call);
    }

    private void call(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException failure) {
            log.error("a follower failed [collection={}]", name, failure);
        }
    }

    /** Tells nothing any more, but for what is under way. */
    @Override
    public void close() {
        endFeed.run();
        lock.lock();
        try {
            isClosed = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }
}
