/** Tests of the event store, on the real embedded engine; a server by URL where one is given. */
@NullMarked
package dev.freshet.eventstore;

import org.jspecify.annotations.NullMarked;
