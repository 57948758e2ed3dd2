/**
 * What an event is: its types, its reasons for being refused, and the one byte layout in which it travels from the
 * decoder through the event log to ClickHouse and the live aggregation. Pure values, no I/O.
 */
@NullMarked
package dev.freshet.event;

import org.jspecify.annotations.NullMarked;
