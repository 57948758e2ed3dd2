/** A function module in a jar of its own: the whole of it is {@link dev.freshet.examples.counter.CounterModule}. */
@NullMarked
package dev.freshet.examples.counter;

import org.jspecify.annotations.NullMarked;
