package dev.freshet.functions.api;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;

/** A failure that the application means its client to see: the data arrives there as the error's {@code data}. */
public final class ConvexError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ConvexValue data;

    /** An error with any data. */
    public ConvexError(ConvexValue data) {
        super(data.toString());
        this.data = data;
    }

    /** An error with data {@code {code, message}}. */
    public static ConvexError of(String code, String message) {
        return new ConvexError(ConvexObject.of("code", ConvexValue.of(code), "message", ConvexValue.of(message)));
    }

    /** An error with data {@code {code, message, field}}. */
    public static ConvexError of(String code, String message, String field) {
        return new ConvexError(ConvexObject.of(
                "code", ConvexValue.of(code), "message", ConvexValue.of(message), "field", ConvexValue.of(field)));
    }

    /** What the client receives. */
    public ConvexValue data() {
        return data;
    }
}
