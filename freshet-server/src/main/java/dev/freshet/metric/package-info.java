/**
 * What can be asked about events: metrics, matches, intervals, windows and results, with their plain forms as clients
 * send and receive them. Pure values, no I/O; the live aggregation and the SQL scan both answer these.
 */
@NullMarked
package dev.freshet.metric;

import org.jspecify.annotations.NullMarked;
