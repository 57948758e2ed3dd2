package dev.freshet.aggregate;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;

/** The event a cursor stands on, with hashes that are worked out once however many metrics ask. Confined to one thread. */
final class EventView {
    private EventCursor cursor = new EventRows(new byte[0], 0, 0, 0, false).cursor();
    private boolean hasUser;
    private boolean hasSession;
    private boolean hasName;
    private long userHigh;
    private long userLow;
    private long sessionHigh;
    private long sessionLow;
    private long nameHash;

    /** Speaks of the row that {@code next} stands on from now on. */
    void show(EventCursor next) {
        cursor = next;
        hasUser = false;
        hasSession = false;
        hasName = false;
    }

    EventCursor cursor() {
        return cursor;
    }

    long timestampMs() {
        return cursor.timestampMs();
    }

    boolean hasSession() {
        return cursor.sessionLength() > 0;
    }

    long nameHash() {
        if (!hasName) {
            nameHash = TextHash.high(cursor.bytes(), cursor.nameStart(), cursor.nameLength());
            hasName = true;
        }
        return nameHash;
    }

    long userHigh() {
        hashUser();
        return userHigh;
    }

    long userLow() {
        hashUser();
        return userLow;
    }

    private void hashUser() {
        if (!hasUser) {
            userHigh = TextHash.high(cursor.bytes(), cursor.userStart(), cursor.userLength());
            userLow = TextHash.low(cursor.bytes(), cursor.userStart(), cursor.userLength());
            hasUser = true;
        }
    }

    long sessionHigh() {
        hashSession();
        return sessionHigh;
    }

    long sessionLow() {
        hashSession();
        return sessionLow;
    }

    private void hashSession() {
        if (!hasSession) {
            sessionHigh = TextHash.high(cursor.bytes(), cursor.sessionStart(), cursor.sessionLength());
            sessionLow = TextHash.low(cursor.bytes(), cursor.sessionStart(), cursor.sessionLength());
            hasSession = true;
        }
    }
}
