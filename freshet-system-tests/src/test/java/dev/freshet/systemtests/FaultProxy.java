package dev.freshet.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * Stands between one SDK and the server and does to requests that bring events what networks and busy servers do, in a planned
 * order, each to the next request; what is not planned goes through, and so does what is repeated byte by byte, so that an SDK that
 * waits long before each try is through in time. Counts what it did. All methods may be called by any thread.
 */
final class FaultProxy implements AutoCloseable {
    /** What happens to a request. */
    enum Fault {
        NONE,
        /** 429 with Retry-After, without asking the server. */
        TOO_MANY_REQUESTS,
        /** 503 with Retry-After, without asking the server. */
        UNAVAILABLE,
        /** The server has taken the events, and nothing of its reply arrives. */
        REPLY_LOST,
        /** The server has taken the events, and half of its reply's head arrives. */
        REPLY_CUT_IN_HEAD,
        /** The server has taken the events, and its reply arrives but for the last bytes. */
        REPLY_CUT_IN_BODY,
        /** The server has taken the events, and its reply is kept back until the client hangs up. */
        REPLY_HELD
    }

    private static final String REFUSAL = "{\"error\":{\"code\":\"overloaded\",\"message\":\"Send again later.\"}}";
    private static final int LAST_BYTES = 5;

    /** What SDKs post beside events. */
    private static final List<String> NO_EVENTS = List.of("/flags", "/decide", "/v1/m ");

    private final int serverPort;
    private final ServerSocket socket;
    private final Set<Socket> open = new HashSet<>();
    private final Queue<Fault> planned = new ArrayDeque<>();
    private final Map<Fault, Integer> done = new EnumMap<>(Fault.class);
    private final Set<Integer> bodies = new HashSet<>();
    private final Set<String> fetchModes = new HashSet<>();
    private int unreachable;

    FaultProxy(int serverPort, Fault... faults) throws IOException {
        this.serverPort = serverPort;
        planned.addAll(Arrays.asList(faults));
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort()).toString();
    }

    /** Adds to what is to happen. */
    synchronized void plan(Fault fault) {
        planned.add(fault);
    }

    /** Whether everything that was planned has happened. */
    synchronized boolean isThrough() {
        return planned.isEmpty();
    }

    /** How often this happened. */
    synchronized int count(Fault fault) {
        return done.getOrDefault(fault, 0);
    }

    /** How many requests found no server, or one that died before it answered. */
    synchronized int unreachable() {
        return unreachable;
    }

    /** What browsers said of their requests: {@code cors} of a fetch, {@code no-cors} of a beacon. */
    synchronized Set<String> fetchModes() {
        return Set.copyOf(fetchModes);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                synchronized (this) {
                    open.add(client);
                }
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            close(); // the test is over, or the machine lets nobody in
        }
    }

    private void serve(Socket client) {
        try (client) {
            Optional<HttpMessage> request = HttpMessage.read(client.getInputStream());
            while (request.isPresent() && answer(client, request.get())) {
                request = HttpMessage.read(client.getInputStream());
            }
        } catch (IOException e) {
            countUnreachable(e); // closing the client's connection is what passes it on
        } finally {
            synchronized (this) {
                open.remove(client);
            }
        }
    }

    private synchronized void countUnreachable(IOException failure) {
        if (failure instanceof ServerAwayException) {
            unreachable++;
        }
    }

    private static final class ServerAwayException extends IOException {
        ServerAwayException(String message) {
            super(message);
        }

        ServerAwayException(IOException cause) {
            super(cause);
        }
    }

    /** @return whether the connection is still of use */
    private boolean answer(Socket client, HttpMessage request) throws IOException {
        OutputStream toClient = client.getOutputStream();
        Fault fault = bringsEvents(request) ? next(request) : Fault.NONE;
        if (fault == Fault.TOO_MANY_REQUESTS || fault == Fault.UNAVAILABLE) {
            toClient.write(refusal(request, fault == Fault.UNAVAILABLE ? "503 Busy" : "429 Busy"));
            count(request, fault);
            return true;
        }
        HttpMessage reply = forwarded(request);
        byte[] bytes = reply.bytes();
        count(request, fault);
        if (fault == Fault.REPLY_HELD) {
            awaitEnd(client.getInputStream());
            return false;
        }
        toClient.write(bytes, 0, bytesOf(fault, reply, bytes.length));
        return fault == Fault.NONE;
    }

    private static boolean bringsEvents(HttpMessage request) {
        String line = request.startLine();
        return line.startsWith("POST ")
                && NO_EVENTS.stream().noneMatch(path -> line.startsWith(path, "POST ".length()));
    }

    private synchronized Fault next(HttpMessage request) {
        boolean isNew = bodies.add(Arrays.hashCode(request.body()));
        Fault fault = isNew ? planned.poll() : null;
        return fault == null ? Fault.NONE : fault;
    }

    private synchronized void count(HttpMessage request, Fault fault) {
        if (bringsEvents(request)) {
            request.header("Sec-Fetch-Mode").ifPresent(fetchModes::add);
            done.merge(fault, 1, Integer::sum);
        }
    }

    private static int bytesOf(Fault fault, HttpMessage reply, int all) {
        return switch (fault) {
            case REPLY_LOST -> 0;
            case REPLY_CUT_IN_HEAD -> reply.head().length() / 2;
            case REPLY_CUT_IN_BODY -> all - LAST_BYTES;
            case NONE, TOO_MANY_REQUESTS, UNAVAILABLE, REPLY_HELD -> all;
        };
    }

    private HttpMessage forwarded(HttpMessage request) throws ServerAwayException {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
            server.getOutputStream().write(request.bytes());
            return HttpMessage.read(server.getInputStream())
                    .orElseThrow(() -> new ServerAwayException("the server hung up"));
        } catch (ServerAwayException e) {
            throw e;
        } catch (IOException e) {
            throw new ServerAwayException(e);
        }
    }

    /** As the server refuses; what lets pages read it is the server's own, which has a test. */
    private static byte[] refusal(HttpMessage request, String status) {
        String origin = request.header("Origin")
                .map(of -> "Access-Control-Allow-Origin: " + of + "\r\nAccess-Control-Allow-Credentials: true\r\n"
                        + "Access-Control-Expose-Headers: Retry-After\r\n")
                .orElse("");
        String reply = "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nRetry-After: 1\r\n" + origin
                + "Content-Length: " + REFUSAL.length() + "\r\n\r\n" + REFUSAL;
        return reply.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void awaitEnd(InputStream input) throws IOException {
        while (input.read() >= 0) {
            // Whatever else it sends has nobody to read it.
        }
    }

    @Override
    public synchronized String toString() {
        return "done " + done + ", planned " + planned + ", unreachable " + unreachable;
    }

    @Override
    public void close() {
        try {
            socket.close();
            synchronized (this) {
                for (Socket client : open) {
                    client.close();
                }
            }
        } catch (IOException e) {
            throw new AssertionError("a socket of this test cannot be closed", e);
        }
    }
}
