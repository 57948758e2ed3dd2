package dev.freshet.dialect;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Cuts the events of browsers that name no session into sessions at 30 minutes of silence. Remembers the visitors seen last,
 * up to a number; a visitor who was forgotten, or whom a restart made unknown, begins a new session. Thread-safe.
 */
public final class BrowserSessions {
    static final long SILENCE_MS = Duration.ofMinutes(30).toMillis();

    private static final int MOST_VISITORS = 100_000;

    private record Visitor(String teamId, String userId) {}

    private record Session(String id, long firstMs, long lastMs) {
        boolean holds(long timeMs) {
            return timeMs >= firstMs - SILENCE_MS && timeMs <= lastMs + SILENCE_MS;
        }

        Session with(long timeMs) {
            return new Session(id, Math.min(firstMs, timeMs), Math.max(lastMs, timeMs));
        }
    }

    private final Map<Visitor, Session> open;

    public BrowserSessions() {
        this(MOST_VISITORS);
    }

    BrowserSessions(int mostVisitors) {
        open = new LinkedHashMap<>(1024, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Visitor, Session> eldest) {
                return size() > mostVisitors;
            }
        };
    }

    /** The id of the session that an event of this visitor belongs to, at most 200 characters. */
    synchronized String sessionOf(String teamId, String userId, long timeMs) {
        Visitor visitor = new Visitor(teamId, userId);
        Session session = open.get(visitor);
        Session next = session != null && session.holds(timeMs)
                ? session.with(timeMs)
                : new Session(Texts.cut(timeMs + "-" + userId), timeMs, timeMs);
        open.put(visitor, next);
        return next.id();
    }
}
