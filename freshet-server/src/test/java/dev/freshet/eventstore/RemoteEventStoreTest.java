package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the remote store puts on the wire, and what it makes of refusals, against a server that only notes and answers. */
final class RemoteEventStoreTest {
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile int status = 200;
    private volatile String exceptionCode = "";
    private volatile String answer = "";
    private HttpServer server;
    private RemoteEventStore store;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        store = RemoteEventStore.connect(ClickHouseUrl.parse(
                "http://ann:secret@localhost:" + server.getAddress().getPort() + "/numbers"));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getRawQuery();
        requests.add(URLDecoder.decode(query == null ? "" : query, StandardCharsets.UTF_8) + "&database="
                + exchange.getRequestHeaders().getFirst("X-ClickHouse-Database"));
        exchange.getRequestBody().readAllBytes();
        if (!exceptionCode.isEmpty()) {
            exchange.getResponseHeaders().add("X-ClickHouse-Exception-Code", exceptionCode);
        }
        exchange.getResponseHeaders().add("X-ClickHouse-Format", "RowBinary");
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void close() {
        store.close();
        server.stop(0);
    }

    @Test
    void anInsertCarriesItsTokenAndTheSettingsThatMakeItOnce() {
        store.insertEvents(List.of(TestEvents.block(1, 3, TestEvents.noon())), "token-1");

        assertThat(requests)
                .singleElement()
                .satisfies(request -> assertThat(request)
                        .contains("insert_deduplication_token=token-1")
                        .contains("async_insert=0")
                        .contains("deduplicate_blocks_in_dependent_materialized_views=1")
                        .contains("database=numbers"));
    }

    @Test
    void anInsertThatFailsIsNotRepeatedBehindTheWritersBack() {
        status = 500;
        exceptionCode = "241";
        answer = "Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)";

        assertThatThrownBy(() -> store.insertEvents(List.of(TestEvents.block(1, 3, TestEvents.noon())), "token-1"))
                .isInstanceOfSatisfying(EventStoreException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(241);
                    assertThat(failure.codeName()).isEqualTo("MEMORY_LIMIT_EXCEEDED");
                    assertThat(failure.isRefusedContent()).isFalse();
                });
        assertThat(requests).hasSize(1);
    }

    @Test
    void aRefusalOfTheRowsIsKnownAsSuch() {
        status = 500;
        exceptionCode = "469";
        answer = "Code: 469. DB::Exception: Constraint is violated. (VIOLATED_CONSTRAINT)";

        assertThatThrownBy(() -> store.insertEvents(List.of(TestEvents.block(1, 3, TestEvents.noon())), "token-1"))
                .isInstanceOfSatisfying(
                        EventStoreException.class,
                        failure -> assertThat(failure.isRefusedContent()).isTrue());
    }

    @Test
    void aServerThatIsAwayIsUnreachable() {
        server.stop(0);

        assertThatThrownBy(() -> store.insertEvents(List.of(TestEvents.block(1, 3, TestEvents.noon())), "token-1"))
                .isInstanceOfSatisfying(EventStoreException.class, failure -> {
                    assertThat(failure.codeName()).isEqualTo(EventStoreException.UNREACHABLE);
                    assertThat(failure.isRefusedContent()).isFalse();
                    assertThat(String.valueOf(failure.getMessage())).doesNotContain("secret");
                });
        assertThat(store.isReachable(java.time.Duration.ofSeconds(1))).isFalse();
    }

    @Test
    void parametersArriveInTheTextFormTheyWereBoundIn() {
        store.query(StoreQuery.of("SELECT {text:String}")
                .bindText("text", "a\tb\\")
                .bind("names", "['it\\'s']")
                .withSetting("max_block_size", "777"));

        assertThat(requests)
                .singleElement()
                .satisfies(request -> assertThat(request)
                        .contains("param_text=a\\tb\\\\")
                        .contains("param_names=['it\\'s']")
                        .contains("max_block_size=777"));
    }
}
