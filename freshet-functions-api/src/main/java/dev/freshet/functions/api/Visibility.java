package dev.freshet.functions.api;

/** Who may ask for a function at all. */
public enum Visibility {
    /** Every client. */
    PUBLIC,
    /** Other functions, the runtime itself and administrators. */
    INTERNAL
}
