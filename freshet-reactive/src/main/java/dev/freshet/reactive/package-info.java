/**
 * Tables, transactions and subscriptions: one committer owns all state and gives each change a timestamp; everybody else
 * reads immutable snapshots and learns by read sets which changes concern them. Knows nothing of functions and clients.
 */
@NullMarked
package dev.freshet.reactive;

import org.jspecify.annotations.NullMarked;
