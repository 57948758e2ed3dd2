package dev.freshet.event;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Walks the rows of an {@link EventRows} without making an object for any of them. Confined to one thread. Every
 * accessor speaks of the row that the last {@link #next} moved to.
 */
public final class EventCursor {
    private static final int TEAM = 0;
    private static final int NAME = 1;
    private static final int USER = 2;
    private static final int SESSION = 3;
    private static final int PROPERTIES = 4;
    private static final int TEXT_COUNT = 5;

    private final byte[] bytes;
    private final int end;
    private final int[] starts = new int[TEXT_COUNT];
    private final int[] lengths = new int[TEXT_COUNT];
    private int row;
    private int nextRow;

    EventCursor(EventRows rows) {
        bytes = rows.array();
        end = rows.end();
        nextRow = rows.offset();
        row = nextRow;
    }

    /**
     * Moves to the next row.
     *
     * @return false when there is none
     * @throws IllegalStateException when the bytes are no whole row
     */
    public boolean next() {
        if (nextRow >= end) {
            return false;
        }
        row = nextRow;
        int at = row + EventRows.TEXTS;
        for (int text = 0; text < TEXT_COUNT; text++) {
            at = locateText(text, at);
        }
        nextRow = at;
        return true;
    }

    private int locateText(int text, int from) {
        int at = from;
        int length = 0;
        int shift = 0;
        byte part;
        do {
            if (at >= end || shift > 28 || (shift == 28 && bytes[at] > 0x07)) {
                throw new IllegalStateException("an event row is cut short at byte " + at);
            }
            part = bytes[at++];
            length |= (part & 0x7f) << shift;
            shift += 7;
        } while (part < 0);
        if (length < 0 || length > end - at) {
            throw new IllegalStateException("an event row is cut short at byte " + at);
        }
        starts[text] = at;
        lengths[text] = length;
        return at + length;
    }

    public long logPosition() {
        return (long) EventRows.LONG.get(bytes, row);
    }

    public long receivedAtMs() {
        return (long) EventRows.LONG.get(bytes, row + EventRows.RECEIVED_AT);
    }

    public long timestampMs() {
        return (long) EventRows.LONG.get(bytes, row + EventRows.TIMESTAMP);
    }

    public long eventIdHigh() {
        return (long) EventRows.LONG.get(bytes, row + EventRows.EVENT_ID);
    }

    public long eventIdLow() {
        return (long) EventRows.LONG.get(bytes, row + EventRows.EVENT_ID + 8);
    }

    public UUID eventId() {
        return new UUID(eventIdHigh(), eventIdLow());
    }

    public byte eventTypeCode() {
        return bytes[row + EventRows.EVENT_TYPE];
    }

    public RowKind kind() {
        return RowKind.ofCode(eventTypeCode());
    }

    /** False for rows that say something else than that an event happened. */
    public boolean isEvent() {
        byte code = eventTypeCode();
        return code >= 1 && code <= EventType.MOST_CODE;
    }

    /** @throws IllegalArgumentException when the row is no event */
    public EventType eventType() {
        return EventType.ofCode(eventTypeCode());
    }

    public String teamId() {
        return text(TEAM);
    }

    public String name() {
        return text(NAME);
    }

    public String userId() {
        return text(USER);
    }

    public String sessionId() {
        return text(SESSION);
    }

    /** The properties as one JSON object. */
    public String properties() {
        return text(PROPERTIES);
    }

    /** The bytes that {@link #teamStart} and its siblings point into; not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    public int teamStart() {
        return starts[TEAM];
    }

    public int teamLength() {
        return lengths[TEAM];
    }

    public int nameStart() {
        return starts[NAME];
    }

    public int nameLength() {
        return lengths[NAME];
    }

    public int userStart() {
        return starts[USER];
    }

    public int userLength() {
        return lengths[USER];
    }

    public int sessionStart() {
        return starts[SESSION];
    }

    public int sessionLength() {
        return lengths[SESSION];
    }

    public int propertiesStart() {
        return starts[PROPERTIES];
    }

    public int propertiesLength() {
        return lengths[PROPERTIES];
    }

    /** Where this row begins in {@link #bytes}. */
    public int rowOffset() {
        return row;
    }

    /** How many bytes this row takes. */
    public int rowLength() {
        return nextRow - row;
    }

    private String text(int text) {
        return new String(bytes, starts[text], lengths[text], StandardCharsets.UTF_8);
    }
}
