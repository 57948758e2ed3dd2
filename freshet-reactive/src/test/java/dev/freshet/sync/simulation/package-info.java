/** Clients of the protocol over a simulated network, and a check of all that they saw against a plain model. */
@NullMarked
package dev.freshet.sync.simulation;

import org.jspecify.annotations.NullMarked;
