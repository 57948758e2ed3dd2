/**
 * MongoDB, by URI or embedded, behind one official driver: opening it, making the embedded server durable and private, and
 * the typed documents of accounts. Repositories use only atomic operations on a single document, so that the same code is
 * right on the embedded server, a standalone server and a replica set.
 */
@NullMarked
package dev.freshet.documents;

import org.jspecify.annotations.NullMarked;
