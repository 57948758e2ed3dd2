package dev.freshet.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.auth.WriteKeys;
import dev.freshet.documents.EventQuota;
import dev.freshet.importer.Credential;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The write keys of one team of a running server, through its HTTP port. */
final class HttpKeys implements KeysCommand.Keys, AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;
    private final Credential credential;

    HttpKeys(URI url, String adminKey, Optional<String> team) {
        this.url = url;
        credential = new Credential.AdminKey(adminKey, team);
    }

    @Override
    public List<WriteKeys.Listed> list() throws InterruptedException {
        JsonNode answer = require200(send("GET", "", HttpRequest.BodyPublishers.noBody()));
        List<WriteKeys.Listed> keys = new ArrayList<>();
        for (JsonNode key : answer.path("keys")) {
            keys.add(new WriteKeys.Listed(
                    text(key, "keyId"), text(key, "name"), instant(text(key, "createdAt")), quota(key)));
        }
        return keys;
    }

    @Override
    public WriteKeys.Created create(String name, Optional<EventQuota> quota) throws InterruptedException {
        ObjectNode key = JSON.createObjectNode().put("name", name);
        quota.ifPresent(of -> key.put("eventsPerSecond", of.eventsPerSecond()).put("burst", of.burst()));
        String body = key.toString();
        JsonNode answer = require200(send("POST", "", HttpRequest.BodyPublishers.ofString(body)));
        return new WriteKeys.Created(text(answer, "keyId"), text(answer, "key"));
    }

    @Override
    public boolean revoke(String keyId) throws InterruptedException {
        String path = "/" + URLEncoder.encode(keyId, StandardCharsets.UTF_8);
        HttpResponse<String> response = send("DELETE", path, HttpRequest.BodyPublishers.noBody());
        if (response.statusCode() == 404) {
            return false;
        }
        require200(response);
        return true;
    }

    private HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body)
            throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/v1/keys" + path))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .method(method, body);
        credential.addTo(request);
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CommandFailure("the server at %s cannot be reached: %s".formatted(url, e), e);
        }
    }

    private JsonNode require200(HttpResponse<String> response) {
        int status = response.statusCode();
        if (status == 401) {
            throw new CommandFailure(
                    "the server at %s refuses the key: set FRESHET_ADMIN_KEY to its admin key, and --team"
                                    .formatted(url)
                            + " to one of its teams");
        }
        try {
            JsonNode answer = JSON.readTree(response.body());
            if (status == 200) {
                return answer;
            }
            String message = answer.at("/error/message").asText("it says no more");
            throw new CommandFailure("the server at %s answered %d: %s".formatted(url, status, message));
        } catch (JsonProcessingException e) {
            throw notUnderstood(e);
        }
    }

    private Optional<EventQuota> quota(JsonNode key) {
        double rate = key.path("eventsPerSecond").asDouble();
        double burst = key.path("burst").asDouble();
        return EventQuota.isUsable(rate) && EventQuota.isUsable(burst)
                ? Optional.of(new EventQuota((int) rate, (int) burst))
                : Optional.empty();
    }

    private String text(JsonNode answer, String field) {
        JsonNode value = answer.path(field);
        if (!value.isTextual()) {
            throw notUnderstood(new IOException("no " + field));
        }
        return value.textValue();
    }

    private Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw notUnderstood(e);
        }
    }

    private CommandFailure notUnderstood(Exception cause) {
        return new CommandFailure("the reply of %s is not that of a Freshet server".formatted(url), cause);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
