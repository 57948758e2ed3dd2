package dev.freshet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A socket's other end: says what a test tells it to say, and keeps what it hears as the official client does, with the
 * same strictness about versions.
 */
final class ScriptedClient implements SyncTransport {
    private static final long LIMIT_SECONDS = 30;

    record Closed(int code, String reason) {}

    /** What a Transition said, and the text it came in. */
    record Heard(String text, ConvexObject message) {
        String type() {
            return message.string("type");
        }
    }

    final CompletableFuture<Closed> closed = new CompletableFuture<>();
    final Map<Long, ConvexObject> results = new LinkedHashMap<>();

    private final BlockingQueue<String> inbox = new LinkedBlockingQueue<>();
    /** Guarded by itself, as is {@link #reads}. */
    private final Queue<Runnable> unflushed = new ArrayDeque<>();

    private boolean reads = true;
    private @Nullable SyncSession session;
    private ConvexObject version = versionOf(0, 0, 0);

    private ScriptedClient() {}

    static ScriptedClient open(SyncServer server) {
        return open(server, ClientVersion.UNKNOWN);
    }

    static ScriptedClient open(SyncServer server, ClientVersion version) {
        ScriptedClient client = new ScriptedClient();
        client.session = server.open(client, version);
        return client;
    }

    SyncSession session() {
        return Objects.requireNonNull(session);
    }

    // What a client says

    void say(String message) {
        session().receive(message);
    }

    void connect(String sessionId) {
        say("{\"type\":\"Connect\",\"sessionId\":\"" + sessionId
                + "\",\"connectionCount\":0,\"lastCloseReason\":\"InitialConnect\"}");
    }

    void modify(int baseVersion, String... modifications) {
        say("{\"type\":\"ModifyQuerySet\",\"baseVersion\":" + baseVersion + ",\"newVersion\":" + (baseVersion + 1)
                + ",\"modifications\":[" + String.join(",", modifications) + "]}");
    }

    static String adding(int queryId, String path, String arguments) {
        return "{\"type\":\"Add\",\"queryId\":" + queryId + ",\"udfPath\":\"" + path + "\",\"args\":[" + arguments
                + "]}";
    }

    static String removing(int queryId) {
        return "{\"type\":\"Remove\",\"queryId\":" + queryId + "}";
    }

    static String counter(String name) {
        return "{\"name\":\"" + name + "\"}";
    }

    static String byOne(String name) {
        return "{\"name\":\"" + name + "\",\"by\":1}";
    }

    void mutate(int requestId, String path, String arguments) {
        say("{\"type\":\"Mutation\",\"requestId\":" + requestId + ",\"udfPath\":\"" + path + "\",\"args\":[" + arguments
                + "]}");
    }

    void act(int requestId, String path, String arguments) {
        say("{\"type\":\"Action\",\"requestId\":" + requestId + ",\"udfPath\":\"" + path + "\",\"args\":[" + arguments
                + "]}");
    }

    void authenticate(int baseVersion, String token) {
        say("{\"type\":\"Authenticate\",\"baseVersion\":" + baseVersion + ",\"tokenType\":\"User\",\"value\":\"" + token
                + "\"}");
    }

    // What it hears

    Heard next() throws InterruptedException {
        String text = inbox.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(text).as("a message within %d s", LIMIT_SECONDS).isNotNull();
        Heard heard = new Heard(text, (ConvexObject) ConvexJson.decode(text));
        if (heard.type().equals("Transition")) {
            apply(heard.message());
        }
        return heard;
    }

    /** The next message, which must be of this type. */
    Heard next(String type) throws InterruptedException {
        Heard heard = next();
        assertThat(heard.type()).as(heard.text()).isEqualTo(type);
        return heard;
    }

    /** All up to and with the first message of this type. */
    List<Heard> until(String type) throws InterruptedException {
        List<Heard> heard = new ArrayList<>();
        do {
            heard.add(next());
        } while (!heard.getLast().type().equals(type));
        return heard;
    }

    /** Takes Transitions until a query has this result; whatever else comes is an error. */
    void awaitValue(long queryId, ConvexValue value) throws InterruptedException {
        while (!Optional.of(value).equals(value(queryId))) {
            next("Transition");
        }
    }

    boolean hasHeardNothing() {
        return inbox.isEmpty();
    }

    /** What the last modification of a query said. */
    ConvexObject result(long queryId) {
        return Objects.requireNonNull(results.get(queryId), "there is no result of query " + queryId);
    }

    Optional<ConvexValue> value(long queryId) {
        return Optional.ofNullable(results.get(queryId)).flatMap(result -> result.find("value"));
    }

    long timestampNs() {
        return timestampNs(version);
    }

    ConvexObject version() {
        return version;
    }

    static long timestampNs(ConvexObject message) {
        return ConvexJson.fromBase64(message.string("ts"));
    }

    Closed awaitClosed() throws Exception {
        return closed.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private void apply(ConvexObject transition) {
        ConvexObject start = transition.object("startVersion");
        ConvexObject end = transition.object("endVersion");
        assertThat(start).as("the chain of versions").isEqualTo(version);
        assertThat(timestampNs(end)).as("time goes forward").isGreaterThanOrEqualTo(timestampNs(start));
        version = end;
        for (ConvexValue element : (ConvexArray) transition.value("modifications")) {
            ConvexObject change = (ConvexObject) element;
            long queryId = (long) change.number("queryId");
            if (change.string("type").equals("QueryRemoved")) {
                results.remove(queryId);
            } else {
                assertThat(change.value("logLines")).isInstanceOf(ConvexArray.class);
                results.put(queryId, change);
            }
        }
    }

    static ConvexObject versionOf(int querySet, int identity, long timestampNs) {
        return ConvexObject.of(
                "querySet",
                ConvexValue.of(querySet),
                "identity",
                ConvexValue.of(identity),
                "ts",
                new ConvexString(ConvexJson.base64(timestampNs)));
    }

    // The socket

    /** From now on what is sent stays unsent. */
    void stopReading() {
        synchronized (unflushed) {
            reads = false;
        }
    }

    void readAgain() {
        List<Runnable> waiting;
        synchronized (unflushed) {
            reads = true;
            waiting = List.copyOf(unflushed);
            unflushed.clear();
        }
        waiting.forEach(Runnable::run);
    }

    int unsent() {
        synchronized (unflushed) {
            return unflushed.size();
        }
    }

    @Override
    public void send(String text, Runnable flushed) {
        boolean isRead;
        synchronized (unflushed) {
            isRead = reads;
            if (!isRead) {
                unflushed.add(flushed);
            }
        }
        if (isRead) {
            flushed.run();
        }
        // Last, so that whoever hears it and then stops reading has read it.
        inbox.add(text);
    }

    @Override
    public void close(int code, String reason) {
        closed.complete(new Closed(code, reason));
    }
}
