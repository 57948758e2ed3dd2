/** How fast the reactive tier alone commits, tells and counts. */
@NullMarked
package dev.freshet.benchmarks.reactive;

import org.jspecify.annotations.NullMarked;
