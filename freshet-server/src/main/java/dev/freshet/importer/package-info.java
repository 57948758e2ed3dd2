/**
 * Brings events in from files: reads NDJSON, CSV, Parquet and web server access logs, gives every line an event id that is the
 * same at every reading, and posts the events through the public HTTP endpoint. Also replays an access log as live traffic
 * for the demo.
 */
@NullMarked
package dev.freshet.importer;

import org.jspecify.annotations.NullMarked;
