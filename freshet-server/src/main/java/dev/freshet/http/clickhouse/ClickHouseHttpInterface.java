package dev.freshet.http.clickhouse;

import dev.freshet.chdb.Chdb;
import dev.freshet.chdb.ChdbException;
import dev.freshet.chdb.ChdbResultStream;
import dev.freshet.chdb.InsertSource;
import dev.freshet.chdb.InsertSummary;
import dev.freshet.chdb.Statement;
import dev.freshet.chdb.StatementClass;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves ClickHouse's HTTP protocol. Each request runs on a virtual thread of its own, which waits for the engine and for
 * slow clients; how many statements run at once is the engine's own limit.
 */
public final class ClickHouseHttpInterface implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClickHouseHttpInterface.class);

    private static final int MOST_BODY_BYTES = 256 << 20;

    /** The engine's own limit of a statement's text is 256 KiB. */
    private static final int MOST_QUERY_BYTES = 1 << 20;

    private static final Duration LONGEST_STATEMENT = Duration.ofMinutes(5);
    private static final String USER = "default";

    private final Chdb engine;
    private final String defaultDatabase;
    private final Predicate<String> isAdminKey;
    private final boolean isWritable;
    private final ReadOnlyGuard guard;
    private final HttpServer server;
    private final ExecutorService requests = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("clickhouse-http-", 0).factory());

    /**
     * @param defaultDatabase of requests that name none
     * @param isAdminKey whether a password is right; called on virtual threads
     * @param isWritable lets statements change data; for tests of the remote store only
     */
    public ClickHouseHttpInterface(
            Vertx vertx, Chdb engine, String defaultDatabase, Predicate<String> isAdminKey, boolean isWritable) {
        this.engine = engine;
        this.defaultDatabase = defaultDatabase;
        this.isAdminKey = isAdminKey;
        this.isWritable = isWritable;
        guard = new ReadOnlyGuard(engine);
        server = vertx.createHttpServer(
                        new HttpServerOptions().setMaxInitialLineLength(1 << 20).setMaxHeaderSize(1 << 16))
                .requestHandler(this::receive);
    }

    /** @return the port listened on */
    public int listen(String host, int port) {
        return server.listen(port, host)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    private void receive(HttpServerRequest request) {
        String path = request.path() == null ? "/" : request.path();
        boolean hasQuery = request.getParam("query") != null || request.method().equals(HttpMethod.POST);
        if (path.equals("/ping") || (path.equals("/") && !hasQuery)) {
            request.response()
                    .putHeader("Content-Type", "text/html; charset=UTF-8")
                    .end("Ok.\n");
            return;
        }
        if (!path.equals("/")) {
            fail(request.response(), ClickHouseFailure.badRequest("There is no handle " + path + ", use / or /ping."));
            return;
        }
        int mostBytes = isWritable ? MOST_BODY_BYTES : MOST_QUERY_BYTES;
        Buffer body = Buffer.buffer();
        request.handler(chunk -> {
            if (body.length() + chunk.length() <= mostBytes) {
                body.appendBuffer(chunk);
            } else {
                request.handler(rest -> {});
                request.endHandler(end -> {});
                request.response().putHeader("Connection", "close");
                fail(request.response(), ClickHouseFailure.bodyTooLarge(mostBytes));
            }
        });
        request.endHandler(end -> requests.execute(() -> read(request, body)));
    }

    private void read(HttpServerRequest request, Buffer body) {
        try {
            answer(request, ClickHouseRequest.read(request, body));
        } catch (IOException e) {
            fail(request.response(), ClickHouseFailure.badRequest("The body cannot be unpacked: " + e.getMessage()));
        }
    }

    private void answer(HttpServerRequest request, ClickHouseRequest asked) {
        HttpServerResponse response = request.response();
        try {
            Optional<ClickHouseFailure> refusal = refusal(request, asked);
            if (refusal.isPresent()) {
                fail(response, refusal.get());
            } else if (InsertText.isInsert(asked.sql()) && asked.data().length() > 0) {
                insert(response, asked);
            } else if (isWritable && engine.classify(asked.sql()) != StatementClass.READ_ONLY) {
                execute(response, asked);
            } else {
                query(response, asked);
            }
        } catch (ChdbException e) {
            fail(response, ClickHouseFailure.ofEngine(e));
        } catch (IllegalArgumentException e) {
            fail(response, ClickHouseFailure.badRequest(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            log.debug("request ended by its client", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            response.reset();
        } catch (RuntimeException e) {
            log.error("a ClickHouse request failed", e);
            fail(response, ClickHouseFailure.unexpected());
        }
    }

    private Optional<ClickHouseFailure> refusal(HttpServerRequest request, ClickHouseRequest asked) {
        if (!asked.user().equals(USER) || !isAdminKey.test(asked.password())) {
            return Optional.of(ClickHouseFailure.authentication());
        }
        if (asked.sql().isBlank()) {
            return Optional.of(ClickHouseFailure.badRequest("Empty query."));
        }
        if (isWritable && request.method().equals(HttpMethod.POST)) {
            return Optional.empty();
        }
        Optional<String> setting = asked.settings().keySet().stream()
                .filter(name -> !HarmlessSettings.contains(name))
                .findFirst();
        return setting.map(name -> ClickHouseFailure.readOnly("the setting `" + name + "` cannot be changed."))
                .or(() -> guard.refusal(statement(asked, asked.sql(), "Null").asReadOnly()));
    }

    private void query(HttpServerResponse response, ClickHouseRequest asked) throws IOException, InterruptedException {
        String format =
                InsertText.formatOf(asked.sql()).or(asked::defaultFormat).orElse("TabSeparated");
        Statement statement = statement(asked, asked.sql(), format);
        try (ChdbResultStream result = engine.stream(isWritable ? statement : statement.asReadOnly())) {
            // Also while the engine works and nothing is sent: nobody waits for the result any more.
            Runnable leave = result::close;
            response.closeHandler(gone -> leave.run());
            // The first chunk before the headers: a failure up to here has a status of its own.
            Optional<byte[]> chunk = first(result);
            addHeaders(response, asked, format);
            response.setChunked(true);
            ResponseBody body = new ResponseBody(response, ContentCoding.of(asked));
            while (chunk.isPresent()) {
                body.send(chunk.get());
                chunk = next(result, response);
            }
            body.end();
        }
    }

    private static Optional<byte[]> first(ChdbResultStream result) throws IOException, InterruptedException {
        try {
            return result.next();
        } catch (IllegalStateException e) {
            throw new IOException("the client is gone", e);
        }
    }

    /** What changes something has no result to stream; the engine refuses to. */
    private void execute(HttpServerResponse response, ClickHouseRequest asked) {
        String format = asked.defaultFormat().orElse("TabSeparated");
        byte[] result = engine.query(statement(asked, asked.sql(), format)).bytes();
        addHeaders(response, asked, format);
        response.end(Buffer.buffer(asked.isResponseCompressed() ? CompressedBlocks.compress(result) : result));
    }

    /** A failure in mid-stream can only be shown by cutting the connection: the status is sent already. */
    private static Optional<byte[]> next(ChdbResultStream result, HttpServerResponse response)
            throws IOException, InterruptedException {
        try {
            return first(result);
        } catch (ChdbException e) {
            response.reset();
            throw new IOException("the result broke off: " + e.getMessage(), e);
        }
    }

    private void insert(HttpServerResponse response, ClickHouseRequest asked) {
        InsertText text = InsertText.split(asked.sql());
        byte[] data = asked.data().getBytes();
        InsertSummary summary = engine.insert(
                statement(asked, text.statement(), text.format()), InsertSource.of(ByteBuffer.wrap(data)));
        addHeaders(response, asked, text.format());
        response.putHeader(
                        "X-ClickHouse-Summary",
                        "{\"written_rows\":\"%d\",\"written_bytes\":\"%d\",\"elapsed_ns\":\"%d\"}"
                                .formatted(
                                        summary.rowsWritten(),
                                        summary.bytesWritten(),
                                        summary.elapsed().toNanos()))
                .end();
    }

    private Statement statement(ClickHouseRequest asked, String sql, String format) {
        Statement statement = Statement.of(sql)
                .withFormat(format)
                .withDatabase(asked.database().orElse(defaultDatabase))
                .withTimeout(timeout(asked));
        for (var parameter : asked.parameters().entrySet()) {
            statement = statement.bindRaw(parameter.getKey(), parameter.getValue());
        }
        for (var setting : asked.settings().entrySet()) {
            if (!setting.getKey().equals("max_execution_time")) {
                statement = statement.withSetting(setting.getKey(), setting.getValue());
            }
        }
        return statement;
    }

    private static Duration timeout(ClickHouseRequest asked) {
        String seconds = asked.settings().getOrDefault("max_execution_time", "0");
        try {
            long limit = (long) Math.ceil(Double.parseDouble(seconds));
            return limit > 0 && limit < LONGEST_STATEMENT.toSeconds() ? Duration.ofSeconds(limit) : LONGEST_STATEMENT;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("max_execution_time must be a number of seconds, not " + seconds, e);
        }
    }

    private static void addHeaders(HttpServerResponse response, ClickHouseRequest asked, String format) {
        response.putHeader("Content-Type", contentType(format))
                .putHeader("X-ClickHouse-Server-Display-Name", "freshet")
                .putHeader("X-ClickHouse-Query-Id", asked.queryId())
                .putHeader("X-ClickHouse-Format", format)
                .putHeader("X-ClickHouse-Timezone", "UTC");
    }

    private static String contentType(String format) {
        String lower = format.toLowerCase(Locale.ROOT);
        if (lower.startsWith("json")) {
            return lower.contains("eachrow")
                    ? "application/x-ndjson; charset=UTF-8"
                    : "application/json; charset=UTF-8";
        }
        if (lower.startsWith("csv")) {
            return "text/csv; charset=UTF-8";
        }
        if (lower.startsWith("tabseparated") || lower.startsWith("tsv")) {
            return "text/tab-separated-values; charset=UTF-8";
        }
        if (lower.startsWith("rowbinary")
                || lower.equals("native")
                || lower.equals("parquet")
                || lower.startsWith("arrow")) {
            return "application/octet-stream";
        }
        return "text/plain; charset=UTF-8";
    }

    private static void fail(HttpServerResponse response, ClickHouseFailure failure) {
        if (response.ended() || response.headWritten()) {
            return;
        }
        byte[] text = (failure.text() + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatusCode(failure.status())
                .putHeader("Content-Type", "text/plain; charset=UTF-8")
                .putHeader("X-ClickHouse-Exception-Code", Integer.toString(failure.code()))
                .end(Buffer.buffer(text));
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
        requests.shutdownNow();
    }
}
