/**
 * The durable log of events: what an acknowledgement promises is in here. One writer appends and syncs, readers follow
 * the durable end, the owner trims what every reader has passed.
 */
@NullMarked
package dev.freshet.eventlog;

import org.jspecify.annotations.NullMarked;
