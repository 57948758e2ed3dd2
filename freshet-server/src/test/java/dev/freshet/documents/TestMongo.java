package dev.freshet.documents;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A MongoDB by URI that can be taken away and brought back: the embedded server behind a relay that hangs up. */
public final class TestMongo implements AutoCloseable {
    private final EmbeddedServer server;
    private final ServerSocket socket;
    private final List<Socket> open = new ArrayList<>();
    private boolean isAway;

    public TestMongo(Path folder) throws IOException {
        server = EmbeddedServer.start(folder, new SecureRandom());
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** As FRESHET_MONGODB_URI wants it. */
    public String uri() {
        String token = Objects.requireNonNull(server.clientSettings().getApplicationName());
        return "mongodb://127.0.0.1:%d/?appName=%s&retryWrites=false&serverSelectionTimeoutMS=500"
                .formatted(socket.getLocalPort(), token);
    }

    /** Ends every connection, and each new one at once, until {@link #bringBack}. */
    public synchronized void takeAway() {
        isAway = true;
        open.forEach(TestMongo::hangUp);
        open.clear();
    }

    public synchronized void bringBack() {
        isAway = false;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                if (!relay(client)) {
                    hangUp(client);
                }
            }
        } catch (IOException closed) {
            takeAway();
        }
    }

    private synchronized boolean relay(Socket client) throws IOException {
        if (isAway) {
            return false;
        }
        Socket behind =
                new Socket(server.address().getAddress(), server.address().getPort());
        open.add(client);
        open.add(behind);
        Thread.ofVirtual().start(() -> pump(client, behind));
        Thread.ofVirtual().start(() -> pump(behind, client));
        return true;
    }

    private static void pump(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException ended) {
            hangUp(from);
            hangUp(to);
        }
    }

    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is as gone as it can be.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        takeAway();
        server.close();
    }
}
