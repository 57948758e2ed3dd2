/** Tests of the example counter. */
@NullMarked
package dev.freshet.examples.counter;

import org.jspecify.annotations.NullMarked;
