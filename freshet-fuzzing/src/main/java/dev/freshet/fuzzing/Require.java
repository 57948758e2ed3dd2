package dev.freshet.fuzzing;

import java.util.function.Supplier;

/** Checks of what decoders give, which hold whether or not assertions are enabled. */
public final class Require {
    private Require() {}

    /** @throws AssertionError unless the condition holds */
    public static void that(boolean condition, Supplier<String> otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise.get());
        }
    }

    /** @throws AssertionError unless both are equal */
    public static void equal(Object actual, Object expected, String what) {
        that(actual.equals(expected), () -> what + " is " + actual + " and not " + expected);
    }
}
