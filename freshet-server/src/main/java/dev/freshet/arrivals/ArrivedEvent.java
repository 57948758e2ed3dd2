package dev.freshet.arrivals;

import dev.freshet.event.EventCursor;
import java.util.UUID;

/**
 * An event as people look at it.
 *
 * @param properties their JSON, cut to {@link #MOST_PROPERTIES} characters and then no JSON any more
 */
public record ArrivedEvent(
        long logPosition,
        UUID eventId,
        String eventType,
        String name,
        String userId,
        String sessionId,
        long timestampMs,
        long receivedAtMs,
        String properties,
        boolean isCut) {
    /** What is shown of an event's properties. */
    public static final int MOST_PROPERTIES = 4_000;

    /** Reads the row that a cursor stands on, which must be an event. */
    static ArrivedEvent of(EventCursor row) {
        return of(
                row.logPosition(),
                row.eventId(),
                row.eventType().wireName(),
                row.name(),
                row.userId(),
                row.sessionId(),
                row.timestampMs(),
                row.receivedAtMs(),
                row.properties());
    }

    static ArrivedEvent of(
            long logPosition,
            UUID eventId,
            String eventType,
            String name,
            String userId,
            String sessionId,
            long timestampMs,
            long receivedAtMs,
            String properties) {
        boolean isCut = properties.length() > MOST_PROPERTIES;
        return new ArrivedEvent(
                logPosition,
                eventId,
                eventType,
                name,
                userId,
                sessionId,
                timestampMs,
                receivedAtMs,
                isCut ? cut(properties) : properties,
                isCut);
    }

    /** Not through the middle of a character. */
    private static String cut(String text) {
        boolean isInPair = Character.isHighSurrogate(text.charAt(MOST_PROPERTIES - 1));
        return text.substring(0, isInPair ? MOST_PROPERTIES - 1 : MOST_PROPERTIES);
    }
}
