package dev.freshet.eventlog;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far the log may forget: up to the least of the positions of all who may still need it. Each of them has a frontier that
 * only moves forward; one that fails holds the log back, which its size then shows. Thread-safe.
 */
public final class LogRetention {
    private final EventLog log;
    private final List<Frontier> frontiers = new ArrayList<>();

    public LogRetention(EventLog log) {
        this.log = log;
    }

    /**
     * Has the log wait for somebody. All must be added before the first of them moves on.
     *
     * @param name as in metrics and messages, such as {@code stored}
     * @param position everything up to there is no longer needed by it
     */
    public Frontier add(String name, long position) {
        synchronized (frontiers) {
            Frontier frontier = new Frontier(name, position);
            frontiers.add(frontier);
            return frontier;
        }
    }

    /** All frontiers, in the order in which they were added. */
    public List<Frontier> frontiers() {
        synchronized (frontiers) {
            return List.copyOf(frontiers);
        }
    }

    /** Up to where one reader of the log no longer needs it. */
    public final class Frontier {
        private final String name;
        private final AtomicLong position;

        private Frontier(String name, long position) {
            this.name = name;
            this.position = new AtomicLong(position);
        }

        public String name() {
            return name;
        }

        public long position() {
            return position.get();
        }

        /**
         * Moves on and trims the log as far as all allow; a lower position than before changes nothing.
         *
         * @throws EventLogException INPUT_OUTPUT when a file cannot be removed; the next call tries again
         */
        public void advanceTo(long newPosition) {
            position.accumulateAndGet(newPosition, Math::max);
            log.trimTo(frontiers().stream().mapToLong(Frontier::position).min().orElse(0));
        }
    }
}
