/** A function module in a jar of its own: the whole of it is {@link dev.freshet.examples.chat.ChatModule}. */
@NullMarked
package dev.freshet.examples.chat;

import org.jspecify.annotations.NullMarked;
