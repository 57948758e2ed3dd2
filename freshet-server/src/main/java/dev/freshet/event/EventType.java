package dev.freshet.event;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The four kinds of event; the codes are those of the {@code Enum8} column and of the event log, and never change. */
public enum EventType {
    PAGE_VIEW(1, "page_view"),
    FEATURE_USED(2, "feature_used"),
    ERROR_OCCURRED(3, "error_occurred"),
    CONVERSION_STEP(4, "conversion_step");

    static final int MOST_CODE = 4;

    private static final EventType[] BY_CODE = {null, PAGE_VIEW, FEATURE_USED, ERROR_OCCURRED, CONVERSION_STEP};
    private static final Map<String, EventType> BY_WIRE_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EventType::wireName, Function.identity()));

    private final byte code;
    private final String wireName;

    EventType(int code, String wireName) {
        this.code = (byte) code;
        this.wireName = wireName;
    }

    public byte code() {
        return code;
    }

    /** The name in requests, in SQL and in metric definitions, such as {@code page_view}. */
    public String wireName() {
        return wireName;
    }

    /** @throws IllegalArgumentException for a code that no event has */
    public static EventType ofCode(byte code) {
        if (code < 1 || code >= BY_CODE.length) {
            throw new IllegalArgumentException("no event type has the code " + code);
        }
        return BY_CODE[code];
    }

    public static Optional<EventType> ofWireName(String wireName) {
        return Optional.ofNullable(BY_WIRE_NAME.get(wireName));
    }
}
