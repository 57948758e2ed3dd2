/**
 * ClickHouse, embedded or by URL, behind one interface: the schema and its migrations, the writer that drains the event
 * log into it exactly once, and the SQL that answers metrics.
 */
@NullMarked
package dev.freshet.eventstore;

import org.jspecify.annotations.NullMarked;
