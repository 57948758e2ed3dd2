package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /v1/keys} of a whole server, which {@code ./freshet keys} goes through. */
class WriteKeysOverHttpIT {
    private static final String VIEW = "{\"event_type\":\"page_view\",\"user_id\":\"u\"}";
    private static final String ADMIN = "Bearer " + ServerUnderTest.ADMIN_KEY;

    @TempDir
    private static Path folder;

    private static ServerUnderTest server;

    @BeforeAll
    static void start() throws InterruptedException {
        server = new ServerUnderTest(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> call(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        return server.send(method, path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    private static int post(String key) throws IOException, InterruptedException {
        return server.post("/v1/events", VIEW, "Authorization", "Bearer " + key).statusCode();
    }

    @Test
    void aKeyIsMadeUsedListedAndRefusedOnceItIsRevoked() throws Exception {
        HttpResponse<String> made = call("POST", "/v1/keys", "{\"name\":\"ci\"}", "Authorization", ADMIN);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        String key = ServerUnderTest.json(made).get("key").asText();
        String keyId = ServerUnderTest.json(made).get("keyId").asText();
        assertThat(post(key)).isEqualTo(202);

        JsonNode listed = ServerUnderTest.json(call("GET", "/v1/keys", "", "Authorization", ADMIN));
        assertThat(listed.get("keys")).anySatisfy(one -> {
            assertThat(one.get("keyId").asText()).isEqualTo(keyId);
            assertThat(one.get("name").asText()).isEqualTo("ci");
            assertThat(one).hasSize(3);
        });
        assertThat(listed.toString()).doesNotContain(key);

        assertThat(call("DELETE", "/v1/keys/" + keyId, "", "Authorization", ADMIN)
                        .statusCode())
                .isEqualTo(200);
        assertThat(post(key)).isEqualTo(401);
        assertThat(call("DELETE", "/v1/keys/" + keyId, "", "Authorization", ADMIN)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void onlyTheAdminKeyMay() throws Exception {
        for (String key : new String[] {"nonsense", ServerUnderTest.WRITE_KEY}) {
            String bearer = "Bearer " + key;
            assertThat(call("GET", "/v1/keys", "", "Authorization", bearer).statusCode())
                    .isEqualTo(401);
            assertThat(call("POST", "/v1/keys", "{\"name\":\"ci\"}", "Authorization", bearer)
                            .statusCode())
                    .isEqualTo(401);
            assertThat(call("DELETE", "/v1/keys/x", "", "Authorization", bearer).statusCode())
                    .isEqualTo(401);
        }
        assertThat(call("GET", "/v1/keys", "").statusCode()).isEqualTo(401);
        assertThat(call("GET", "/v1/keys", "", "Authorization", ADMIN, "X-Freshet-Team", "64b000000000000000000000")
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "{\"name\":7}", "{\"name\":\" \"}"})
    void aKeyNeedsAName(String body) throws Exception {
        HttpResponse<String> answer = call("POST", "/v1/keys", body, "Authorization", ADMIN);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("{\\\"name\\\":TEXT}");
    }
}
