package dev.freshet.reactive;

/** One row of a demand table. */
public record DemandKey(String table, String key) {}
