package dev.freshet.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.auth.WriteKeys;
import dev.freshet.documents.DocumentStoreException;
import dev.freshet.documents.EventQuota;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Write keys for {@code ./freshet keys} beside a running server: with the admin key, for the team that a header names. */
final class KeyRoutes implements Routes {
    private static final String PATH = "/v1/keys";
    private static final int MOST_BODY_BYTES = 8 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WriteKeys writeKeys;
    private final AdminTeams adminTeams;
    private final BlockingCalls blocking;

    KeyRoutes(WriteKeys writeKeys, AdminTeams adminTeams, BlockingCalls blocking) {
        this.writeKeys = writeKeys;
        this.adminTeams = adminTeams;
        this.blocking = blocking;
    }

    /** What came of a change: its result, or why it was refused. */
    private sealed interface Change {
        record Done(Responses.JsonBody answer) implements Change {}

        record Refused(ApiError error) implements Change {}
    }

    @Override
    public void register(Router router) {
        router.get(PATH).handler(this::list);
        router.post(PATH).handler(this::create);
        router.delete(PATH + "/:keyId").handler(this::revoke);
    }

    /** Answers with 401 where the key or the team is wrong. */
    private Optional<String> team(HttpServerRequest request) {
        Optional<String> team = Credentials.bearer(request).flatMap(key -> adminTeams.team(key, request));
        if (team.isEmpty()) {
            RequestBody.discardRest(request);
            Responses.fail(request.response(), ApiError.unauthorized("the admin key, and one of its teams, is needed"));
        }
        return team;
    }

    private void list(RoutingContext context) {
        team(context.request()).ifPresent(team -> {
            List<WriteKeys.Listed> keys = writeKeys.list(team);
            Responses.send(context.response(), 200, generator -> {
                generator.writeStartObject();
                generator.writeArrayFieldStart("keys");
                for (WriteKeys.Listed key : keys) {
                    write(key, generator);
                }
                generator.writeEndArray();
                generator.writeEndObject();
            });
        });
    }

    private static void write(WriteKeys.Listed key, JsonGenerator generator) throws IOException {
        generator.writeStartObject();
        generator.writeStringField("keyId", key.keyId());
        generator.writeStringField("name", key.name());
        generator.writeStringField("createdAt", key.createdAt().toString());
        if (key.quota().isPresent()) {
            generator.writeNumberField("eventsPerSecond", key.quota().get().eventsPerSecond());
            generator.writeNumberField("burst", key.quota().get().burst());
        }
        generator.writeEndObject();
    }

    private void create(RoutingContext context) {
        HttpServerResponse response = context.response();
        team(context.request())
                .ifPresent(team -> RequestBody.read(context.request(), MOST_BODY_BYTES)
                        .onSuccess(body -> {
                            Optional<NewKey> key = newKey(body.getBytes());
                            if (key.isEmpty()) {
                                String mend = "send {\"name\":TEXT} with 1 to " + WriteKeys.MAX_NAME
                                        + " characters, and where it has a quota \"eventsPerSecond\" and \"burst\"";
                                Responses.fail(response, ApiError.badRequest(mend));
                                return;
                            }
                            NewKey asked = key.get();
                            change(response, () -> created(writeKeys.create(team, asked.name(), asked.quota())));
                        })
                        .onFailure(failure -> RequestBody.whenTooLarge(
                                failure, message -> Responses.fail(response, ApiError.bodyTooLarge(message)))));
    }

    private record NewKey(String name, Optional<EventQuota> quota) {}

    private static Optional<NewKey> newKey(byte[] body) {
        try {
            JsonNode key = JSON.readTree(body);
            JsonNode name = key.path("name");
            JsonNode rate = key.path("eventsPerSecond");
            JsonNode burst = key.path("burst");
            boolean isSound = name.isTextual()
                    && (rate.isMissingNode() ? burst.isMissingNode() : isEvents(rate))
                    && (burst.isMissingNode() || isEvents(burst));
            if (!isSound) {
                return Optional.empty();
            }
            Optional<EventQuota> quota = Optional.of(rate)
                    .filter(JsonNode::isNumber)
                    .map(perSecond -> burst.isNumber()
                            ? new EventQuota(perSecond.intValue(), burst.intValue())
                            : EventQuota.of(perSecond.intValue()));
            return WriteKeys.usableName(name.textValue()).map(usable -> new NewKey(usable, quota));
        } catch (IOException e) {
            return Optional.empty(); // the caller answers what is expected
        }
    }

    private static boolean isEvents(JsonNode value) {
        return value.isNumber() && EventQuota.isUsable(value.doubleValue());
    }

    private static Change created(WriteKeys.Created created) {
        return new Change.Done(generator -> {
            generator.writeStartObject();
            generator.writeStringField("keyId", created.keyId());
            generator.writeStringField("key", created.key());
            generator.writeEndObject();
        });
    }

    private void revoke(RoutingContext context) {
        String keyId = context.pathParam("keyId");
        team(context.request()).ifPresent(team -> change(context.response(), () -> revoked(team, keyId)));
    }

    private Change revoked(String team, String keyId) {
        return writeKeys.revoke(team, keyId)
                ? new Change.Done(generator -> {
                    generator.writeStartObject();
                    generator.writeBooleanField("revoked", true);
                    generator.writeEndObject();
                })
                : new Change.Refused(ApiError.notFound("write key " + keyId));
    }

    private void change(HttpServerResponse response, Supplier<Change> work) {
        blocking.call(response, () -> attempt(work), change -> {
            switch (change) {
                case Change.Done(Responses.JsonBody answer) -> Responses.send(response, 200, answer);
                case Change.Refused(ApiError error) -> Responses.fail(response, error);
            }
        });
    }

    private static Change attempt(Supplier<Change> work) {
        try {
            return work.get();
        } catch (DocumentStoreException failure) {
            String message = String.valueOf(failure.getMessage());
            return switch (failure.code()) {
                case LIMIT_EXCEEDED -> new Change.Refused(ApiError.limitExceeded(message));
                case UNREADABLE_DOCUMENT -> new Change.Refused(ApiError.unreadableDocument(message));
                case INVALID_URI, UNREACHABLE, UNUSABLE_FOLDER, DUPLICATE, REFUSED_CONTENT, NOT_FOUND -> throw failure;
            };
        }
    }
}
