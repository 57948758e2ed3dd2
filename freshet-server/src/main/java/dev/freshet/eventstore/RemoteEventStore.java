package dev.freshet.eventstore;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.ServerException;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ClickHouse server by URL, through the official client over HTTP. The client repeats nothing by itself: whoever asked
 * decides, and an insert is repeated with its token only.
 */
public final class RemoteEventStore implements EventStore {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** For the network, on top of the time that the server gives the statement. */
    private static final Duration NETWORK_ALLOWANCE = Duration.ofSeconds(5);

    private static final Pattern CODE_NAME = Pattern.compile("\\(([A-Z][A-Z0-9_]+)\\)");
    private static final String UNKNOWN = "UNKNOWN";

    /** A parameter in the text form that the server reads; the client escapes texts, which this is already. */
    private record ParameterText(String escaped) {
        @Override
        public String toString() {
            return escaped;
        }
    }

    private final Client client;
    private final ClickHouseUrl url;

    private RemoteEventStore(Client client, ClickHouseUrl url) {
        this.client = client;
        this.url = url;
    }

    /**
     * Connects and brings the schema up to date.
     *
     * @param url {@code http(s)://user:password@host:8123/database}
     * @throws EventStoreException INVALID_OPTION, UNREACHABLE, SCHEMA_MISMATCH, or the server's own
     */
    public static RemoteEventStore open(String url, int retentionDays) {
        RemoteEventStore store = connect(ClickHouseUrl.parse(url));
        try {
            new Schema(store, store.database()).migrate(retentionDays);
        } catch (RuntimeException failure) {
            store.close();
            throw failure;
        }
        return store;
    }

    static RemoteEventStore connect(ClickHouseUrl url) {
        Client client = new Client.Builder()
                .addEndpoint(url.endpoint())
                .setUsername(url.user())
                .setPassword(url.password())
                .setConnectTimeout(CONNECT_TIMEOUT.toMillis())
                .setSocketTimeout(InsertSettings.TIMEOUT.plus(NETWORK_ALLOWANCE).toMillis())
                .setMaxRetries(0)
                .retryOnFailures(ClientFaultCause.None)
                .compressServerResponse(true)
                .compressClientRequest(true)
                .useAsyncRequests(true)
                .setClientName("freshet")
                .build();
        return new RemoteEventStore(client, url);
    }

    public String database() {
        return url.database();
    }

    @Override
    public RowBinaryReader query(StoreQuery query) {
        return new RowBinaryReader(ByteBuffer.wrap(bytes(query)));
    }

    @Override
    public void execute(StoreQuery statement) {
        bytes(statement);
    }

    @SuppressWarnings("try") // the client declares close() to throw anything
    private byte[] bytes(StoreQuery query) {
        QuerySettings settings = new QuerySettings().setFormat(ClickHouseFormat.RowBinary);
        settings.setDatabase(query.isOutsideDatabase() ? "default" : url.database());
        // An error after the first rows must not look like the end of the rows.
        settings.waitEndOfQuery(true);
        settings.serverSetting(
                "max_execution_time", Long.toString(Math.max(1, query.timeout().toSeconds())));
        query.settings().forEach(settings::serverSetting);
        Map<String, Object> parameters = new LinkedHashMap<>();
        query.parameters().forEach((name, text) -> parameters.put(name, new ParameterText(text)));
        CompletableFuture<QueryResponse> answer = client.query(query.sql(), parameters, settings);
        try (QueryResponse response = await(answer, query.timeout())) {
            return response.getInputStream().readAllBytes();
        } catch (EventStoreException failure) {
            throw failure;
        } catch (Exception failure) {
            throw translated(failure);
        }
    }

    @Override
    @SuppressWarnings("try") // the client declares close() to throw anything
    public void insert(TableInsert insert) {
        com.clickhouse.client.api.insert.InsertSettings settings =
                new com.clickhouse.client.api.insert.InsertSettings().setDatabase(url.database());
        InsertSettings.of(insert).forEach(settings::serverSetting);
        List<String> columns = Arrays.asList(insert.columns().split(", "));
        CompletableFuture<InsertResponse> answer = client.insert(
                insert.table(), columns, output -> write(insert.rows(), output), ClickHouseFormat.RowBinary, settings);
        try (InsertResponse response = await(answer, InsertSettings.TIMEOUT)) {
            response.getWrittenRows();
        } catch (EventStoreException failure) {
            throw failure;
        } catch (Exception failure) {
            throw translated(failure);
        }
    }

    private static void write(List<ByteBuffer> rows, OutputStream output) throws IOException {
        WritableByteChannel channel = Channels.newChannel(output);
        for (ByteBuffer piece : rows) {
            ByteBuffer rest = piece.duplicate();
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        }
    }

    /** Nothing to do: the server's answer to an insert is its word that the rows are kept as its settings say. */
    @Override
    public void sync() {}

    @Override
    public boolean isReachable(Duration timeout) {
        return client.ping(timeout.toMillis());
    }

    @Override
    public void close() {
        client.close();
    }

    private static <T> T await(CompletableFuture<T> answer, Duration timeout) {
        try {
            return answer.get(timeout.plus(NETWORK_ALLOWANCE).toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            throw translated(failure.getCause() == null ? failure : failure.getCause());
        } catch (TimeoutException failure) {
            answer.cancel(true);
            throw new EventStoreException(
                    0, EventStoreException.UNREACHABLE, "ClickHouse did not answer within " + timeout + ".", failure);
        } catch (InterruptedException failure) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            throw new EventStoreException(
                    0, EventStoreException.UNREACHABLE, "The call to ClickHouse was interrupted.", failure);
        }
    }

    /** The server's code and name where it answered at all. */
    private static EventStoreException translated(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ServerException refusal && refusal.getCode() != 0) {
                String message = String.valueOf(refusal.getMessage());
                return new EventStoreException(refusal.getCode(), codeName(message), message, refusal);
            }
        }
        return new EventStoreException(
                0, EventStoreException.UNREACHABLE, "ClickHouse cannot be reached: " + failure.getMessage(), failure);
    }

    private static String codeName(String message) {
        String name = UNKNOWN;
        Matcher names = CODE_NAME.matcher(message);
        while (names.find()) {
            name = names.group(1);
        }
        return name;
    }
}
