/**
 * Live metrics: each distinct metric that somebody watches is one incremental computation, started from ClickHouse at an
 * exact position of the event log and kept up by the log from there. One thread owns all of it; others send messages.
 *
 * <pre>
 *   demand ──┐                     ┌── start pool: load at P, catch up from P+1 ──┐
 *            v                     ^                                              │
 *         Mailbox ──> LiveAggregation (owner thread) <──────── hand-over at C ────┘
 *            ^                     │
 *   log ── feed thread             └──> MetricSink: changed results, one call a round
 * </pre>
 */
@NullMarked
package dev.freshet.aggregate;

import org.jspecify.annotations.NullMarked;
