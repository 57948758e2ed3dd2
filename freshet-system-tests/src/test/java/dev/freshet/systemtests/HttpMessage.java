package dev.freshet.systemtests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A request or a reply of HTTP/1.1, as the bytes that it is.
 *
 * @param head up to and with the empty line
 * @param body as it comes, chunks with their sizes
 */
record HttpMessage(String head, byte[] body) {
    /** Empty where the other side has nothing more to say. */
    static Optional<HttpMessage> read(InputStream input) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        if (!readLine(input, head)) {
            return Optional.empty();
        }
        int lineStart = 0;
        while (head.size() - lineStart > 2) {
            lineStart = head.size();
            requireLine(input, head);
        }
        HttpMessage message = new HttpMessage(head.toString(StandardCharsets.ISO_8859_1), new byte[0]);
        return Optional.of(new HttpMessage(message.head, message.readBody(input)));
    }

    private byte[] readBody(InputStream input) throws IOException {
        if (header("Transfer-Encoding").isPresent()) {
            return readChunks(input);
        }
        int length = header("Content-Length").map(Integer::parseInt).orElse(0);
        byte[] bytes = input.readNBytes(length);
        if (bytes.length < length) {
            throw cut();
        }
        return bytes;
    }

    private static byte[] readChunks(InputStream input) throws IOException {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        int size;
        do {
            int lineStart = chunks.size();
            requireLine(input, chunks);
            String line = chunks.toString(StandardCharsets.ISO_8859_1)
                    .substring(lineStart)
                    .strip();
            size = Integer.parseInt(line, 16);
            chunks.write(input.readNBytes(size));
            requireLine(input, chunks);
        } while (size > 0);
        return chunks.toByteArray();
    }

    private static void requireLine(InputStream input, ByteArrayOutputStream into) throws IOException {
        if (!readLine(input, into)) {
            throw cut();
        }
    }

    private static boolean readLine(InputStream input, ByteArrayOutputStream into) throws IOException {
        int read = input.read();
        if (read < 0) {
            return false;
        }
        while (read != '\n') {
            if (read < 0) {
                throw cut();
            }
            into.write(read);
            read = input.read();
        }
        into.write(read);
        return true;
    }

    private static IOException cut() {
        return new IOException("the connection was cut within a message");
    }

    /** {@code POST /v1/batch HTTP/1.1}, or {@code HTTP/1.1 200 OK}. */
    String startLine() {
        return head.substring(0, head.indexOf('\r'));
    }

    Optional<String> header(String name) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }

    byte[] bytes() {
        byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] bytes = new byte[start.length + body.length];
        System.arraycopy(start, 0, bytes, 0, start.length);
        System.arraycopy(body, 0, bytes, start.length, body.length);
        return bytes;
    }
}
