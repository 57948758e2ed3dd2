package dev.freshet.event;

/**
 * What a row of the event log is. All rows have one layout and take a log position each, so that one log, one order and one
 * sync carry whatever a request brings; whoever reads the log takes the kinds it is for and passes over the others.
 */
public enum RowKind {
    /** One of the four {@link EventType}s, which are the codes 1 to 4. */
    EVENT,
    /**
     * What a request says about a person. {@code name}: {@code identify}, {@code group} or {@code alias}; {@code user_id}: the
     * person; {@code session_id}: the group, or the id that the person had before; {@code properties}: the traits.
     */
    PROFILE_CHANGE,
    /**
     * An event that was refused, kept for people to look at. {@code name}: the code; {@code user_id}: the dialect; {@code session_id}:
     * the message; {@code properties}: the event as it was sent, which need not be JSON.
     */
    DEAD_LETTER,
    /** A {@link Canary}. {@code name}: the process that sent it. */
    CANARY;

    private static final byte PROFILE_CHANGE_CODE = 64;
    private static final byte DEAD_LETTER_CODE = 65;
    private static final byte CANARY_CODE = 66;

    /** Whether its id tells repeats apart. */
    public boolean hasId() {
        return this == EVENT || this == PROFILE_CHANGE;
    }

    /** @throws IllegalArgumentException for a code that no row has: the log is of a newer version */
    static RowKind ofCode(byte code) {
        return switch (code) {
            case 1, 2, 3, 4 -> EVENT;
            case PROFILE_CHANGE_CODE -> PROFILE_CHANGE;
            case DEAD_LETTER_CODE -> DEAD_LETTER;
            case CANARY_CODE -> CANARY;
            default -> throw new IllegalArgumentException("no row of the event log has the code " + code);
        };
    }

    /** @throws IllegalArgumentException for events, whose code is their type's */
    byte code() {
        return switch (this) {
            case EVENT -> throw new IllegalArgumentException("an event's code is its type's");
            case PROFILE_CHANGE -> PROFILE_CHANGE_CODE;
            case DEAD_LETTER -> DEAD_LETTER_CODE;
            case CANARY -> CANARY_CODE;
        };
    }
}
