/** Tests of the protocol: scripted exchanges, and the official client against the tier alone. */
@NullMarked
package dev.freshet.sync;

import org.jspecify.annotations.NullMarked;
