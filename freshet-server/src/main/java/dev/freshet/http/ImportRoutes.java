package dev.freshet.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.auth.WriteKeys;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What {@code import} asks a running server: which of these events it holds already, however long ago they came. The
 * 24-hour filter of ingest cannot know that.
 */
final class ImportRoutes implements Routes {
    private static final int MOST_IDS = 5_000;
    private static final int MOST_BODY_BYTES = 512 * 1024;

    /** The end of the year 2261, so far beyond all events that it asks for no more than ClickHouse can tell. */
    private static final long LATEST_MS = 9_214_646_400_000L;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final WriteKeys writeKeys;
    private final AdminTeams adminTeams;
    private final HttpParts.StoredEvents storedEvents;
    private final BlockingCalls blocking;

    private record Question(List<UUID> ids, long fromMs, long toMs) {}

    ImportRoutes(
            WriteKeys writeKeys, AdminTeams adminTeams, HttpParts.StoredEvents storedEvents, BlockingCalls blocking) {
        this.writeKeys = writeKeys;
        this.adminTeams = adminTeams;
        this.storedEvents = storedEvents;
        this.blocking = blocking;
    }

    @Override
    public void register(Router router) {
        router.post("/v1/import/existing").handler(this::existing);
    }

    private void existing(RoutingContext context) {
        HttpServerResponse response = context.response();
        Optional<String> key = Credentials.writeKey(context.request());
        Optional<String> team = key.flatMap(writeKeys::resolve)
                .map(WriteKeyGrant::teamId)
                .or(() -> key.flatMap(presented -> adminTeams.team(presented, context.request())));
        if (team.isEmpty()) {
            Responses.fail(response, ApiError.unauthorized("a write key or the admin key is needed"));
            return;
        }
        RequestBody.read(context.request(), MOST_BODY_BYTES)
                .onSuccess(body -> {
                    Optional<Question> question = question(body.getBytes());
                    if (question.isEmpty()) {
                        Responses.fail(
                                response,
                                ApiError.badRequest("send {\"from\":MS,\"to\":MS,\"ids\":[UUID,…]} with at most "
                                        + MOST_IDS + " ids"));
                        return;
                    }
                    Question asked = question.get();
                    blocking.call(
                            response,
                            () -> storedEvents.among(team.get(), asked.ids(), asked.fromMs(), asked.toMs()),
                            found -> answer(response, found));
                })
                .onFailure(failure -> RequestBody.whenTooLarge(
                        failure, message -> Responses.fail(response, ApiError.bodyTooLarge(message))));
    }

    private static void answer(HttpServerResponse response, Set<UUID> found) {
        Responses.send(response, 200, generator -> {
            generator.writeStartObject();
            generator.writeArrayFieldStart("existing");
            for (UUID id : found) {
                generator.writeString(id.toString());
            }
            generator.writeEndArray();
            generator.writeEndObject();
        });
    }

    private static boolean isTime(JsonNode value) {
        return value.isIntegralNumber()
                && value.canConvertToLong()
                && value.longValue() >= 0
                && value.longValue() <= LATEST_MS;
    }

    private static Optional<Question> question(byte[] body) {
        try {
            JsonNode root = JSON.readTree(body);
            JsonNode from = root.path("from");
            JsonNode to = root.path("to");
            JsonNode ids = root.path("ids");
            if (!isTime(from) || !isTime(to) || !ids.isArray() || ids.size() > MOST_IDS) {
                return Optional.empty();
            }
            List<UUID> uuids = new ArrayList<>(ids.size());
            for (JsonNode id : ids) {
                uuids.add(UUID.fromString(id.asText()));
            }
            return Optional.of(new Question(uuids, from.longValue(), to.longValue()));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // the caller answers what is expected
        }
    }
}
