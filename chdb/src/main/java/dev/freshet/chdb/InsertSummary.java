package dev.freshet.chdb;

import java.time.Duration;

/**
 * What an insert wrote.
 *
 * @param rowsWritten rows in the table and in all tables behind materialized views together
 */
public record InsertSummary(long rowsWritten, long bytesWritten, Duration elapsed) {}
