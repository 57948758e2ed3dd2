package dev.freshet.duplicates;

/**
 * Tells a repeat from a first by (team, event id), exactly, for 24 hours from the first receipt. Confined to the thread
 * that owns the order of the log, but for the counts.
 */
public interface DuplicateFilter {
    /** For {@link #offer}: the sender gave no time, or it was not kept as given. */
    long NOT_SENT = Long.MIN_VALUE;

    /** What an event is. */
    enum Verdict {
        /** Not received in the last 24 hours; it counts as received from now on. */
        FIRST,
        REPEAT,
        /** It cannot be told, or not be kept, within the memory and disk allowed; nothing was changed. */
        NO_ROOM
    }

    /** A small number that stands for the team in the other calls, the same for as long as this object lives. */
    int teamNumber(String teamId);

    /**
     * Asks and, when it is new, takes an id that the sender gave.
     *
     * @param sentAtMs the event's own time exactly as the sender gave it, or {@link #NOT_SENT}. An event whose time is close
     *     to now can only have been received a short while ago, if ever, and costs no reading
     */
    Verdict offer(int teamNumber, long eventIdHigh, long eventIdLow, long sentAtMs, long receivedAtMs);

    /** Takes back an {@link #offer} that was a FIRST, since the event was not taken after all. */
    void withdraw(int teamNumber, long eventIdHigh, long eventIdLow);

    /**
     * Says that all offers so far are settled: withdrawn, or durable in the log at or before {@code logPosition}. To be called
     * after groups without ids as well, since the log is kept until this object has moved on.
     */
    void settled(long logPosition, long nowMs);

    /** How many ids are held, expired ones that were not yet removed included. From any thread. */
    long size();

    /** What the ids take in memory. From any thread. */
    long memoryBytes();
}
