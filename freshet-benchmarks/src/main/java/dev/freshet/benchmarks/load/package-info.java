/** A bounded load of events on a server of this machine, and what it costs the server. */
@NullMarked
package dev.freshet.benchmarks.load;

import org.jspecify.annotations.NullMarked;
