package dev.freshet.importer;

import java.time.Instant;

/**
 * One request as the log has it, its texts unescaped. A value that the log leaves out is {@code "-"}, as in the log.
 *
 * @param lineNumber from 1
 * @param address the client: IPv4, IPv6 or host name
 * @param method empty where the request line is malformed
 * @param target path with query as requested; the whole request line where that is malformed
 * @param protocol empty where the request line is malformed or HTTP/0.9
 * @param bytes 0 where the log has {@code -}
 */
public record AccessLogLine(
        long lineNumber,
        String address,
        Instant time,
        String method,
        String target,
        String protocol,
        int status,
        long bytes,
        String referrer,
        String agent) {
    /** What the log writes for a value that is not there. */
    public static final String ABSENT = "-";
}
