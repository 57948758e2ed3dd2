/** How fast repeats are told, and what that takes, with a day's ids in the index. */
@NullMarked
package dev.freshet.benchmarks.duplicates;

import org.jspecify.annotations.NullMarked;
