package dev.freshet.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.auth.IssuedToken;
import dev.freshet.auth.OpenIdDiscovery;
import dev.freshet.auth.SignIn;
import dev.freshet.auth.SignInResult;
import dev.freshet.auth.SigningKeys;
import dev.freshet.auth.TokenSettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Sign-in, refresh and sign-out, and what other services need to verify this server's tokens. */
final class AuthRoutes implements Routes {
    private static final int MOST_BODY_BYTES = 16 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SignIn signIn;
    private final SigningKeys keys;
    private final TokenSettings settings;
    private final BlockingCalls blocking;

    AuthRoutes(SignIn signIn, SigningKeys keys, TokenSettings settings, BlockingCalls blocking) {
        this.signIn = signIn;
        this.keys = keys;
        this.settings = settings;
        this.blocking = blocking;
    }

    @Override
    public void register(Router router) {
        router.post("/auth/login").handler(this::login);
        router.post("/auth/refresh").handler(this::refresh);
        router.post("/auth/logout").handler(this::logout);
        Routes.look(router, "/.well-known/openid-configuration")
                .handler(context -> sendPublic(context, OpenIdDiscovery.json(settings)));
        Routes.look(router, "/.well-known/jwks.json").handler(context -> sendPublic(context, keys.jwksJson()));
    }

    private void login(RoutingContext context) {
        HttpServerResponse response = context.response();
        String remote = context.request().remoteAddress().hostAddress();
        RequestBody.read(context.request(), MOST_BODY_BYTES)
                .onSuccess(body -> {
                    Optional<JsonNode> fields = object(body);
                    Optional<String> email = fields.flatMap(object -> text(object, "email"));
                    Optional<String> password = fields.flatMap(object -> text(object, "password"));
                    if (email.isEmpty() || password.isEmpty()) {
                        Responses.fail(
                                response, ApiError.badRequest("send {\"email\":TEXT,\"password\":TEXT} as JSON"));
                        return;
                    }
                    blocking.call(
                            response,
                            () -> signIn.login(email.get(), password.get(), remote),
                            result -> answer(response, result));
                })
                .onFailure(failure -> failBody(response, failure));
    }

    private void refresh(RoutingContext context) {
        HttpServerResponse response = context.response();
        Optional<String> token = Credentials.bearer(context.request());
        if (token.isEmpty()) {
            Responses.fail(response, ApiError.unauthorized("send the token as `Authorization: Bearer TOKEN`"));
            return;
        }
        blocking.call(response, () -> signIn.refresh(token.get()), result -> answer(response, result));
    }

    private void logout(RoutingContext context) {
        HttpServerResponse response = context.response();
        Optional<String> token = Credentials.bearer(context.request());
        if (token.isEmpty()) {
            Responses.fail(response, ApiError.unauthorized("send the token as `Authorization: Bearer TOKEN`"));
            return;
        }
        blocking.call(
                response,
                () -> {
                    signIn.logout(token.get());
                    return true;
                },
                done -> Responses.sendNothing(response));
    }

    private static void answer(HttpServerResponse response, SignInResult result) {
        switch (result) {
            case SignInResult.SignedIn(IssuedToken token, var caller) -> {
                response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                Responses.send(response, 200, generator -> {
                    generator.writeStartObject();
                    generator.writeStringField("token", token.token());
                    generator.writeNumberField("expiresAt", token.expiresAt().toEpochMilli());
                    generator.writeEndObject();
                });
            }
            case SignInResult.Refused(String message) -> Responses.fail(response, ApiError.unauthorized(message));
            case SignInResult.TryLater(String message, var retryAfter) ->
                Responses.fail(response, ApiError.tooManyAttempts(message, retryAfter));
        }
    }

    private static void failBody(HttpServerResponse response, Throwable failure) {
        RequestBody.whenTooLarge(failure, message -> Responses.fail(response, ApiError.bodyTooLarge(message)));
    }

    private static Optional<JsonNode> object(Buffer body) {
        try {
            return Optional.ofNullable(JSON.readTree(body.getBytes())).filter(JsonNode::isObject);
        } catch (JsonProcessingException e) {
            return Optional.empty(); // the caller answers what is expected
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private static Optional<String> text(JsonNode object, String field) {
        return Optional.ofNullable(object.get(field))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue);
    }

    private static void sendPublic(RoutingContext context, String json) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .end(json);
    }
}
