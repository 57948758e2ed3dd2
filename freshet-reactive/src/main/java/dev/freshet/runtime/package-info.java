/**
 * Seams to the world, time, randomness, queues and the order of starting and stopping, so that everything above can be
 * tested with a clock that moves by hand. Imports nothing of this module.
 */
@NullMarked
package dev.freshet.runtime;

import org.jspecify.annotations.NullMarked;
