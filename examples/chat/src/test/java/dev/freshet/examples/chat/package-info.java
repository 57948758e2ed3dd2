/** Tests of the example chat. */
@NullMarked
package dev.freshet.examples.chat;

import org.jspecify.annotations.NullMarked;
