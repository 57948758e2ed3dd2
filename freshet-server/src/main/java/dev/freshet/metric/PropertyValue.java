package dev.freshet.metric;

/** A scalar that a property of an event can be compared with. */
public sealed interface PropertyValue {
    /** A JSON string. */
    record Text(String value) implements PropertyValue {}

    /** A JSON number; equal as float64, so that 5 and 5.0 are one. */
    record Numeric(double value) implements PropertyValue {
        public Numeric {
            value += 0.0; // makes -0.0 and 0.0 one
        }
    }

    /** A JSON boolean. */
    record Flag(boolean value) implements PropertyValue {}

    /** JSON's null, and a property that is not there. */
    record Missing() implements PropertyValue {}
}
