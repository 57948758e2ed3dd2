package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin key as Convex's clients present it: a key that holds all that may stand around one, and whom its holder acts as. */
class AdminKeyOverConvexIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KEY = "odd:key|of:two|parts:4";
    private static final String HIDDEN = "sample:hidden";
    private static final String SOMEBODY =
            "{\"subject\":\"grace\",\"issuer\":\"https://login.example\",\"name\":\"Grace\"}";
    private static final String VIEWER = "{\"subject\":\"u1\",\"team\":\"t1\",\"role\":\"viewer\"}";

    private static ServerUnderTest server;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        Map<String, String> settings = new HashMap<>(SampleJar.in(folder, SampleModule.class.getName()));
        settings.put("FRESHET_ADMIN_KEY", KEY);
        server = new ServerUnderTest(folder.resolve("data"), settings);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> query(String path, String... headers) throws Exception {
        return server.post("/api/query", "{\"path\":\"" + path + "\",\"args\":{}}", headers);
    }

    private static JsonNode asHolder(String presented, String path) throws Exception {
        return JSON.readTree(query(path, "Authorization", "Convex " + presented).body());
    }

    private static String base64(String json) {
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {KEY, "dev:happy-otter-1|" + KEY, KEY + ":", "name|" + KEY + ":"})
    void opensInternalFunctionsHoweverItIsWritten(String presented) throws Exception {
        assertThat(asHolder(presented, HIDDEN).path("value").asText()).isEqualTo("for administrators");
        assertThat(asHolder(presented, "users:me").at("/errorData/code").asText())
                .isEqualTo("forbidden");
    }

    @Test
    void isTakenFromTheUrlWhereThereIsNoHeader() throws Exception {
        String inUrl = "/api/query?path=sample%3Ahidden&adminKey=" + URLEncoder.encode(KEY, StandardCharsets.UTF_8);
        assertThat(server.get(inUrl).body()).contains("for administrators");
        assertThat(server.get(inUrl + "x").statusCode()).isEqualTo(401);
        assertThat(server.send("GET", inUrl, new byte[0], "Authorization", "Convex wrong")
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong", "odd:key|of:two|parts", "parts:4", "odd:key", "of:two|parts:4", ":e30="})
    void isTakenWholeOrNotAtAll(String presented) throws Exception {
        HttpResponse<String> refused = query(HIDDEN, "Authorization", "Convex " + presented);

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(fieldsOf(refused)).containsExactly("code", "message");
        assertThat(JSON.readTree(refused.body()).path("code").asText()).isEqualTo("BadAdminKey");
    }

    private static List<String> fieldsOf(HttpResponse<String> response) throws IOException {
        List<String> names = new ArrayList<>();
        JSON.readTree(response.body()).fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void itsHolderActsAsSomebodyAndIsAnAdministratorAllTheSame() throws Exception {
        for (String key : List.of(KEY, "prod:name|" + KEY)) {
            String presented = key + ":" + base64(SOMEBODY);
            assertThat(asHolder(presented, "sample:identity").path("value"))
                    .isEqualTo(JSON.readTree(
                            SOMEBODY.replace("}", ",\"tokenIdentifier\":\"https://login.example|grace\"}")));
            assertThat(asHolder(presented, HIDDEN).path("status").asText()).isEqualTo("success");
            assertThat(asHolder(presented, "users:me").at("/errorData/code").asText())
                    .isEqualTo("forbidden");
        }
    }

    @Test
    void itsHolderActsAsAMemberWithThatMembersRights() throws Exception {
        String presented = KEY + ":" + base64(VIEWER);
        assertThat(asHolder(presented, "users:me").path("value"))
                .isEqualTo(JSON.readTree("{\"_id\":\"u1\",\"teamId\":\"t1\",\"role\":\"viewer\"}"));
        assertThat(asHolder(presented, "writeKeys:list").at("/errorData/code").asText())
                .isEqualTo("forbidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"subject\":3}",
                "{\"subject\":\"\"}",
                "{\"subject\":\"u1\",\"team\":\"t1\"}",
                "{\"subject\":\"u1\",\"role\":\"viewer\"}",
                "{\"subject\":\"u1\",\"team\":\"t1\",\"role\":\"emperor\"}",
                "[]",
                "no JSON"
            })
    void anIdentityThatIsNoneIsRefusedAndNotPassedOver(String identity) throws Exception {
        HttpResponse<String> refused =
                query("sample:identity", "Authorization", "Convex " + KEY + ":" + base64(identity));

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(fieldsOf(refused)).containsExactly("code", "message");
        assertThat(JSON.readTree(refused.body()).path("code").asText()).isEqualTo("BadIdentity");
    }

    @Test
    void whatIsNoBase64BehindTheKeyIsRefused() throws Exception {
        assertThat(JSON.readTree(query(HIDDEN, "Authorization", "Convex " + KEY + ":???")
                                .body())
                        .path("code")
                        .asText())
                .isEqualTo("BadIdentity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"impersonating", "acting_as"})
    void actsAsSomebodyOverASocketToo(String field) throws Exception {
        Conversation conversation = new Conversation();
        WebSocket socket = conversation.open();
        conversation.say(socket, authenticate("dev:name|" + KEY).set(field, JSON.readTree(SOMEBODY)));
        conversation.say(
                socket,
                JSON.readTree("{\"type\":\"ModifyQuerySet\",\"baseVersion\":0,\"newVersion\":1,\"modifications\":["
                        + "{\"type\":\"Add\",\"queryId\":0,\"udfPath\":\"sample:identity\",\"args\":[{}]},"
                        + "{\"type\":\"Add\",\"queryId\":1,\"udfPath\":\"sample:hidden\",\"args\":[{}]}]}"));
        Map<Integer, JsonNode> values = new HashMap<>();
        while (values.size() < 2) {
            conversation
                    .next("Transition")
                    .path("modifications")
                    .forEach(change -> values.put(change.path("queryId").asInt(), change.path("value")));
        }

        assertThat(values.getOrDefault(0, MissingNode.getInstance())
                        .path("tokenIdentifier")
                        .asText())
                .isEqualTo("https://login.example|grace");
        assertThat(values.getOrDefault(1, MissingNode.getInstance()).asText()).isEqualTo("for administrators");
        socket.abort();
    }

    @Test
    void anIdentityThatIsNoneIsAnAuthErrorOverASocket() throws Exception {
        Conversation conversation = new Conversation();
        WebSocket socket = conversation.open();
        conversation.say(socket, authenticate(KEY).set("impersonating", JSON.readTree("{\"name\":\"x\"}")));

        assertThat(conversation.next("AuthError").path("error").asText()).startsWith("BadIdentity: ");
        socket.abort();
    }

    private static ObjectNode authenticate(String key) {
        return JSON.createObjectNode()
                .put("type", "Authenticate")
                .put("baseVersion", 0)
                .put("tokenType", "Admin")
                .put("value", key);
    }

    /** Messages of one socket, whole. */
    private static final class Conversation implements WebSocket.Listener {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final StringBuilder part = new StringBuilder();

        WebSocket open() {
            URI url = URI.create(server.url().toString().replace("http", "ws") + "/api/sync");
            WebSocket socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(url, this)
                    .join();
            socket.sendText("{\"type\":\"Connect\",\"sessionId\":\"s\",\"connectionCount\":0}", true)
                    .join();
            return socket;
        }

        void say(WebSocket socket, JsonNode message) {
            socket.sendText(message.toString(), true).join();
        }

        JsonNode next(String type) throws Exception {
            JsonNode message = JSON.readTree(Objects.requireNonNull(heard.poll(30, TimeUnit.SECONDS), "a message"));
            return message.path("type").asText().equals(type) ? message : next(type);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                heard.add(part.toString());
                part.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, data, last);
        }
    }
}
