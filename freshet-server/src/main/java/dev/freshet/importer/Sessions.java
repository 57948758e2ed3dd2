package dev.freshet.importer;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Cuts each user's events into sessions at 30 minutes of silence. A session is named by its user and the time of the
 * first of its events to be seen, so that reading the same lines again gives the same names. Times may step back a
 * little, as logs do: an event up to 30 minutes before the session's latest still belongs to it. Users silent for long
 * are forgotten, so that memory follows the users of an hour. Confined to one thread.
 */
final class Sessions {
    static final Duration SILENCE = Duration.ofMinutes(30);

    private static final int FORGET_EVERY = 4096;

    private record Session(String id, Instant latest) {
        boolean holds(Instant time) {
            return Duration.between(latest, time).abs().compareTo(SILENCE) <= 0;
        }
    }

    private final Map<String, Session> openByUser = new HashMap<>();
    private Instant latest = Instant.MIN;
    private int untilForgetting = FORGET_EVERY;

    String sessionOf(String user, Instant time) {
        Session open = openByUser.get(user);
        Session session = open != null && open.holds(time)
                ? new Session(open.id(), later(open.latest(), time))
                : new Session(user + "-" + time.getEpochSecond(), time);
        openByUser.put(user, session);
        latest = later(latest, time);
        forgetSilentUsers();
        return session.id();
    }

    int openSessions() {
        return openByUser.size();
    }

    private void forgetSilentUsers() {
        untilForgetting--;
        if (untilForgetting == 0) {
            untilForgetting = FORGET_EVERY;
            Instant oldest = latest.minus(SILENCE.multipliedBy(2));
            openByUser.values().removeIf(session -> session.latest().isBefore(oldest));
        }
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
