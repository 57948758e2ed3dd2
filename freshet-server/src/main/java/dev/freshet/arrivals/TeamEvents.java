package dev.freshet.arrivals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last events of one team that is watched. Confined to the thread {@code arrivals}. */
final class TeamEvents {
    private final String teamId;
    private final long firstPosition;
    private final Deque<ArrivedEvent> newestFirst = new ArrayDeque<>();
    private boolean hasChanged = true;
    private boolean hasPublished;
    private boolean isStoredAsked;
    private boolean isStoredThere;
    private long publishedAtNs;

    /** @param firstPosition events before it come from ClickHouse, the others from the log */
    TeamEvents(String teamId, long firstPosition) {
        this.teamId = teamId;
        this.firstPosition = firstPosition;
    }

    String teamId() {
        return teamId;
    }

    long firstPosition() {
        return firstPosition;
    }

    /** Takes an event of the log, in the order of the log. */
    void add(ArrivedEvent event) {
        newestFirst.addFirst(event);
        if (newestFirst.size() > Arrivals.MOST_EVENTS) {
            newestFirst.removeLast();
        }
        hasChanged = true;
    }

    /** Whether ClickHouse is to be asked for older events now; says so once until {@link #storedFailed}. */
    boolean askStored() {
        boolean isToAsk = !isStoredAsked;
        isStoredAsked = true;
        return isToAsk;
    }

    /** Puts older events, newest first, behind those of the log. */
    void addStored(List<ArrivedEvent> older) {
        for (ArrivedEvent event : older) {
            if (newestFirst.size() < Arrivals.MOST_EVENTS) {
                newestFirst.addLast(event);
            }
        }
        isStoredThere = true;
        hasChanged = true;
    }

    void storedFailed() {
        isStoredAsked = false;
        hasChanged |= !hasPublished;
    }

    /** Until ClickHouse has answered, or failed, there is nothing to show. */
    boolean isDue(long nowNs, long paceNs) {
        boolean isReady = isStoredThere || !isStoredAsked || hasPublished;
        return hasChanged && isReady && (!hasPublished || nowNs - publishedAtNs >= paceNs);
    }

    List<ArrivedEvent> publish(long nowNs) {
        hasChanged = false;
        hasPublished = true;
        publishedAtNs = nowNs;
        return new ArrayList<>(newestFirst);
    }
}
