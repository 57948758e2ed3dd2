package dev.freshet.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The least of an HTTP/1.1 client: one connection, one request at a time, replies with a Content-Length. A full client
 * would take more of the machine than the server it measures. Confined to one thread.
 */
final class KeepAliveConnection implements AutoCloseable {
    private static final int READ_LIMIT_MS = 30_000;

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final String head;

    /** @param writeKey sent with every request */
    KeepAliveConnection(URI server, String writeKey) throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_LIMIT_MS);
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
        out = socket.getOutputStream();
        in = new BufferedInputStream(socket.getInputStream(), 1 << 13);
        head = "POST /v1/events HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\nAuthorization: Bearer " + writeKey
                + "\r\nContent-Type: application/json\r\nContent-Length: ";
    }

    record Reply(int status, String body) {}

    Reply post(byte[] body) throws IOException {
        byte[] start = (head + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[start.length + body.length];
        System.arraycopy(start, 0, request, 0, start.length);
        System.arraycopy(body, 0, request, start.length, body.length);
        out.write(request);
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        int length = 0;
        for (String header = line(); !header.isEmpty(); header = line()) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).strip());
            }
        }
        return new Reply(status, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
