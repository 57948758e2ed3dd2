/** How long a server takes from the start of its process until it is ready. */
@NullMarked
package dev.freshet.benchmarks.start;

import org.jspecify.annotations.NullMarked;
