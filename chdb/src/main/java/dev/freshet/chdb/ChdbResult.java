package dev.freshet.chdb;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A whole result.
 *
 * @param bytes in the statement's format; not copied, owned by the receiver
 * @param rowsRead rows read from tables
 * @param bytesRead bytes read from tables
 */
public record ChdbResult(byte[] bytes, long rowsRead, long bytesRead, Duration elapsed) {
    /** The bytes as UTF-8, for the text formats. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
