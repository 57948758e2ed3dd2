/**
 * The Convex protocol without sockets: text of messages in, text of messages out, and the bodies of the HTTP API. A
 * transport gives each socket a session and carries what it says.
 */
@NullMarked
package dev.freshet.sync;

import org.jspecify.annotations.NullMarked;
