package dev.freshet.reactive;

/** One index of one table. */
record IndexId(String table, String index) {}
