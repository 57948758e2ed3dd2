package dev.freshet.dialect;

import dev.freshet.ingest.DecodingShare;
import dev.freshet.ingest.LargeBodyException;

/** Understands one family of SDKs. Thread-safe; the caller's thread does the work. */
public interface DialectDecoder {
    /** The limit of a body as it is sent. */
    int BODY_LIMIT_BYTES = 20 * 1024 * 1024;

    /** The most messages in one request. */
    int MESSAGE_LIMIT = 10_000;

    /**
     * @throws DialectException when nothing of the request can be taken
     * @throws LargeBodyException when the body needs more than the share
     */
    DialectEvents decode(DialectRequest request, DecodingShare share) throws DialectException;

    /** As the other, of a body that may be as large as any. */
    default DialectEvents decode(DialectRequest request) throws DialectException {
        return decode(request, DecodingShare.ALONE);
    }
}
