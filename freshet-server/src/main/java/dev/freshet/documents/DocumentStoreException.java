package dev.freshet.documents;

import java.util.Objects;

/** The document store refused or could not do what was asked; {@link #code} is stable, the message may be reworded. */
public final class DocumentStoreException extends RuntimeException {
    /** The classes of failure a caller can act upon. */
    public enum Code {
        /** The URI of a deployment cannot be read. */
        INVALID_URI,
        /** The server could not be reached, or did not answer in time. */
        UNREACHABLE,
        /** The data folder or the store file in it cannot be used, for instance because another process holds it. */
        UNUSABLE_FOLDER,
        /** A document with the same unique value exists. */
        DUPLICATE,
        /** MongoDB or its driver refuses what was to be written, for its size or shape: it would be refused again. */
        REFUSED_CONTENT,
        /** The document to be changed does not exist, or belongs to another team. */
        NOT_FOUND,
        /** A stated limit would be exceeded. */
        LIMIT_EXCEEDED,
        /** A stored document has a shape or a schema version that this program does not know. */
        UNREADABLE_DOCUMENT
    }

    private final Code code;

    public DocumentStoreException(Code code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    public DocumentStoreException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    public Code code() {
        return code;
    }
}
