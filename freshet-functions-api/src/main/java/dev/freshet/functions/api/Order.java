package dev.freshet.functions.api;

/** The direction in which an index is read. */
public enum Order {
    ASCENDING,
    DESCENDING
}
