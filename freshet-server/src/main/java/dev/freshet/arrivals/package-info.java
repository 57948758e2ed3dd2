/**
 * What has just come in, live, while somebody looks: the last events of a team and its dead letters, from the event log and
 * from ClickHouse.
 */
@NullMarked
package dev.freshet.arrivals;

import org.jspecify.annotations.NullMarked;
