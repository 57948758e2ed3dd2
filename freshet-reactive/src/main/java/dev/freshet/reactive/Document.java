package dev.freshet.reactive;

import dev.freshet.functions.value.ConvexObject;

/**
 * A document as a table holds it.
 *
 * @param id unique in its table
 * @param creationTimeMs milliseconds since the epoch, with a fraction
 * @param value what functions see, {@code _id} and {@code _creationTime} included where the table's kind has them
 * @param size the value's in bytes, which takes a walk through it and is asked for at each read
 * @param writtenAtNs the timestamp of the commit that wrote it; 0 within the transaction that writes it
 * @param isKept whether that commit is kept on the disk
 */
record Document(String id, double creationTimeMs, ConvexObject value, long size, long writtenAtNs, boolean isKept) {
    static Document unwritten(String id, double creationTimeMs, ConvexObject value) {
        return new Document(id, creationTimeMs, value, value.size(), 0, false);
    }

    Document writtenAt(long timestampNs, boolean newIsKept) {
        return new Document(id, creationTimeMs, value, size, timestampNs, newIsKept);
    }
}
