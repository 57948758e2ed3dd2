package dev.freshet.reactive;

/** Which commits to a table are kept on the disk. */
enum Durability {
    /** None. */
    MEMORY,
    /** All: they are seen and answered once they are safe. */
    DURABLE,
    /** Those that write a durable table as well. */
    BESIDE_DURABLE
}
