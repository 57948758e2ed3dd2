package dev.freshet.importer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Asks a running server which events its store has, over {@code POST /v1/import/existing}. Safe from many threads. */
public final class HttpExistingIds implements ExistingIds, AutoCloseable {
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(60);
    private static final JsonFactory JSON = new JsonFactory();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI endpoint;
    private final Credential credential;

    /** @param baseUrl the server's, without a trailing slash */
    public HttpExistingIds(URI baseUrl, Credential credential) {
        this.endpoint = URI.create(baseUrl + "/v1/import/existing");
        this.credential = credential;
    }

    @Override
    public Set<UUID> existing(Collection<UUID> ids, TimeSpan span) throws ImportException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                .timeout(REPLY_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(question(ids, span)));
        credential.addTo(request);
        HttpResponse<String> response;
        try {
            response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new ImportException(
                    ImportException.Code.SERVER_UNAVAILABLE,
                    "The server at " + endpoint + " cannot be reached: " + e,
                    e);
        }
        return switch (response.statusCode()) {
            case 200 -> answer(response.body());
            case 401, 403 ->
                throw new ImportException(
                        ImportException.Code.KEY_REFUSED,
                        "The server refuses the key: set FRESHET_ADMIN_KEY to its admin key, and --team to one of its teams.");
            default -> throw IngestReply.refusal(response.statusCode(), response.body());
        };
    }

    private static String question(Collection<UUID> ids, TimeSpan span) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            generator.writeStartObject();
            generator.writeNumberField("from", span.from().toEpochMilli());
            generator.writeNumberField("to", span.to().toEpochMilli());
            generator.writeArrayFieldStart("ids");
            for (UUID id : ids) {
                generator.writeString(id.toString());
            }
            generator.writeEndArray();
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }

    private static Set<UUID> answer(String body) throws ImportException {
        try {
            if (JsonValues.parse(body) instanceof Map<?, ?> reply
                    && reply.get("existing") instanceof List<?> existing) {
                Set<UUID> found = new HashSet<>();
                existing.forEach(id -> found.add(UUID.fromString(String.valueOf(id))));
                return found;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new ImportException(
                    ImportException.Code.REPLY_NOT_UNDERSTOOD,
                    "The server's reply is not that of a Freshet server.",
                    e);
        }
        throw new ImportException(
                ImportException.Code.REPLY_NOT_UNDERSTOOD, "The server's reply is not that of a Freshet server.");
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
