package dev.freshet.reactive;

import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps what is committed to durable tables. {@link #load} is called once, before all else; the rest by the committer's
 * thread. Methods throw {@link java.io.UncheckedIOException} when the disk does not do its part; what was appended since
 * the last sync is then taken back, and nothing is appended until {@link #recover} has returned.
 */
public interface CommitStore extends AutoCloseable {
    /**
     * Hands over every document that is kept, each once.
     *
     * @return the timestamp of the last commit that is kept, 0 if there is none
     * @throws IllegalStateException when what is kept is damaged; the message says what can be done
     */
    long load(Consumer<StoredDocument> documents);

    /**
     * Adds the writes of one commit, which are kept all or not at all. Not safe on the disk before {@link #sync}.
     *
     * @throws DatabaseException when they are more than can be kept of one commit; nothing is added then
     */
    void append(long timestampNs, List<StoredWrite> writes);

    /** Returns once all that was appended is safe. */
    void sync();

    /** Whether what is kept has grown so far beyond what is live that it should be written anew. */
    boolean isOvergrown();

    /** Writes anew: from now on these documents are what is kept. */
    void rewrite(long timestampNs, Iterable<StoredDocument> live);

    /**
     * After a failure: returns once these documents, and no others, are safe and more can be appended. What a failed sync
     * has left is not trusted, since a system may take pages for written that are not.
     */
    void recover(long timestampNs, Iterable<StoredDocument> live);

    @Override
    void close();

    /**
     * A document as it is kept.
     *
     * @param creationTimeMs milliseconds since the epoch, with a fraction
     * @param writtenAtNs the timestamp of the commit that wrote it
     */
    record StoredDocument(
            String table,
            String id,
            double creationTimeMs,
            dev.freshet.functions.value.ConvexObject content,
            long writtenAtNs) {}

    /** A document is put in place of what was there, or taken away where it is empty. */
    record StoredWrite(String table, String id, java.util.Optional<StoredDocument> document) {}
}
