package dev.freshet.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers what was started and stops it in reverse order. A part that fails to stop does not keep the others from
 * being stopped; the first failure is thrown at the end, with the others attached. Thread-safe.
 */
public final class Lifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private final Deque<Part> started = new ArrayDeque<>();

    /** Adds a part that runs, and gives it back. */
    public synchronized <T extends AutoCloseable> T add(String name, T part) {
        started.push(new Part(name, part));
        return part;
    }

    /** Stops everything; a second call finds nothing to do. */
    @Override
    public void close() {
        StopException failure = null;
        for (Part part : takeAll()) {
            try {
                part.closeable.close();
            } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
                failure = attach(failure, part, interruption);
            } catch (Exception problem) {
                failure = attach(failure, part, problem);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Newest first. */
    private synchronized List<Part> takeAll() {
        List<Part> parts = List.copyOf(started);
        started.clear();
        return parts;
    }

    private static StopException attach(
            @org.jspecify.annotations.Nullable StopException earlier, Part part, Exception problem) {
        LOG.warn("a part failed to stop [part={}]", part.name, problem);
        if (earlier == null) {
            return new StopException("the part " + part.name + " failed to stop", problem);
        }
        earlier.addSuppressed(problem);
        return earlier;
    }

    private record Part(String name, AutoCloseable closeable) {}

    /** One or more parts failed to stop. */
    public static final class StopException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StopException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
