package dev.freshet.dialect;

/** Understands one family of SDKs. Thread-safe; the caller's thread does the work. */
public interface DialectDecoder {
    /** The limit of a body as it is sent. */
    int BODY_LIMIT_BYTES = 20 * 1024 * 1024;

    /** The limit of a body once unpacked. */
    int UNPACKED_LIMIT_BYTES = 64 * 1024 * 1024;

    /** The most messages in one request. */
    int MESSAGE_LIMIT = 10_000;

    /** @throws DialectException when nothing of the request can be taken */
    DialectEvents decode(DialectRequest request) throws DialectException;
}
