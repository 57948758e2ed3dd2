/**
 * From the bytes of a request to a durable event: decode and validate on the caller's thread, then drop repeats, append and
 * sync on the one thread that owns the order. Knows the event log, nothing of HTTP.
 */
@NullMarked
package dev.freshet.ingest;

import org.jspecify.annotations.NullMarked;
