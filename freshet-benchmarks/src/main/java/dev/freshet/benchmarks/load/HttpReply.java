package dev.freshet.benchmarks.load;

import java.nio.ByteBuffer;

/** Looks into the bytes of an HTTP/1.1 reply that were read so far, from 0 to the buffer's position, without making objects. */
final class HttpReply {
    private static final int STATUS_AT = 9;

    private HttpReply() {}

    /** Where the body begins; 0 when the head is not whole yet. */
    static int headLength(ByteBuffer reply) {
        int end = indexOf(reply, "\r\n\r\n", 0, reply.position());
        return end < 0 ? 0 : end + 4;
    }

    /** 0 where there is no such header, as with 204. */
    static int contentLength(ByteBuffer reply, int headLength) {
        int at = indexOf(reply, "content-length:", 0, headLength);
        return at < 0 ? 0 : (int) number(reply, at + "content-length:".length(), headLength);
    }

    static int status(ByteBuffer reply) {
        return (int) number(reply, STATUS_AT, reply.position());
    }

    /** The number behind a text, or {@code otherwise} where the text is not there. */
    static long numberAfter(ByteBuffer reply, String text, long otherwise) {
        int at = indexOf(reply, text, 0, reply.position());
        return at < 0 ? otherwise : number(reply, at + text.length(), reply.position());
    }

    /** Compares without regard to the case of ASCII letters; the text is in lower case. */
    private static int indexOf(ByteBuffer reply, String text, int from, int to) {
        for (int start = from; start <= to - text.length(); start++) {
            int matched = 0;
            while (matched < text.length() && lower(reply.get(start + matched)) == text.charAt(matched)) {
                matched++;
            }
            if (matched == text.length()) {
                return start;
            }
        }
        return -1;
    }

    private static int lower(byte character) {
        return character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character;
    }

    private static long number(ByteBuffer reply, int from, int to) {
        int at = from;
        while (at < to && reply.get(at) == ' ') {
            at++;
        }
        long value = 0;
        while (at < to && reply.get(at) >= '0' && reply.get(at) <= '9') {
            value = 10 * value + (reply.get(at++) - '0');
        }
        return value;
    }
}
