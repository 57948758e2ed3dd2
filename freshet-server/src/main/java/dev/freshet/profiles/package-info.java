/** Brings what requests say about people from the event log into MongoDB, and from there into ClickHouse's copy for joins. */
@NullMarked
package dev.freshet.profiles;

import org.jspecify.annotations.NullMarked;
