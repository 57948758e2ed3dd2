package dev.freshet.sync;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.FunctionLimits;
import dev.freshet.functions.ReactiveRuntime;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.DemandProvider;
import dev.freshet.reactive.DemandTable;
import dev.freshet.runtime.Clock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** A reactive tier with the example module, and sockets to it. */
final class SyncWorld implements AutoCloseable {
    static final String DEMANDED = "demandedRows";

    private static final FunctionLimits LIMITS = limits(Duration.ofMillis(300));

    final ExampleModule module = new ExampleModule();
    final ReactiveRuntime runtime;
    final SyncServer server;
    final CompletableFuture<String> demandedKey = new CompletableFuture<>();
    volatile Optional<Instant> tokensExpireAt = Optional.empty();

    SyncWorld() {
        this(Clock.system(), SyncLimits.standard());
    }

    SyncWorld(Clock clock, SyncLimits limits) {
        this(clock, limits, LIMITS);
    }

    SyncWorld(Clock clock, SyncLimits limits, FunctionLimits functionLimits) {
        ReactiveRuntime.Builder builder = ReactiveRuntime.builder()
                .clock(clock)
                .limits(functionLimits)
                .demandTable(DEMANDED, Duration.ofSeconds(30), new Demands());
        module.modules().forEach(builder::module);
        runtime = builder.start();
        server = serverWith(limits);
    }

    static FunctionLimits limits(Duration absentDemandWait) {
        return limits(absentDemandWait, FunctionLimits.standard().queuedFunctions());
    }

    static FunctionLimits limits(Duration absentDemandWait, int queuedFunctions) {
        FunctionLimits standard = FunctionLimits.standard();
        return new FunctionLimits(
                Duration.ofSeconds(30),
                standard.actionTime(),
                standard.parallelFunctions(),
                standard.parallelActions(),
                queuedFunctions,
                standard.queuedCommits(),
                standard.scannedDocuments(),
                standard.writtenDocuments(),
                absentDemandWait);
    }

    /** Another server over the same tables. */
    SyncServer serverWith(SyncLimits limits) {
        return new SyncServer(runtime, this::authenticate, limits);
    }

    /** Tokens are the names of members; some words mean something else. */
    Authentication authenticate(AuthToken token) {
        return switch (token) {
            case AuthToken.Admin admin -> new Authentication.Accepted(Caller.admin(), Optional.empty());
            case AuthToken.User user -> authenticateUser(user.token());
        };
    }

    private Authentication authenticateUser(String token) {
        return switch (token) {
            case "bad" -> new Authentication.Refused("Unauthenticated", "this token is no good");
            case "error" -> throw new StackOverflowError("in a test");
            case "provider-down" -> new Authentication.Unavailable("the provider does not answer");
            default -> token.contains(".") ? authenticateClaims(token) : member(token, tokensExpireAt);
        };
    }

    /** Official clients read their tokens, so theirs are JWTs; the signature is of no interest here. */
    private static Authentication authenticateClaims(String token) {
        byte[] decoded = Base64.getUrlDecoder().decode(token.split("\\.")[1]);
        ConvexObject claims = (ConvexObject) ConvexJson.decode(new String(decoded, StandardCharsets.UTF_8));
        Instant expiresAt = Instant.ofEpochSecond((long) claims.number("exp"));
        switch (claims.string("sub")) {
            case "slow" -> LockSupport.parkNanos(300_000_000);
            case "bad" -> {
                return new Authentication.Refused("Unauthenticated", "this token is no good");
            }
            default -> {}
        }
        return expiresAt.isBefore(Instant.now())
                ? new Authentication.Refused("Unauthenticated", "this token has expired")
                : member(claims.string("sub"), Optional.of(expiresAt));
    }

    private static Authentication member(String name, Optional<Instant> expiresAt) {
        return new Authentication.Accepted(Caller.member(name, "team", Set.of("editor")), expiresAt);
    }

    ScriptedClient open() {
        return ScriptedClient.open(server);
    }

    /** A client that has said Connect. */
    ScriptedClient connect(String sessionId) {
        ScriptedClient client = open();
        client.connect(sessionId);
        return client;
    }

    void add(String counter, double by) {
        var _ = runtime.mutation(
                "counter:add",
                ConvexObject.of("name", ConvexValue.of(counter), "by", ConvexValue.of(by)),
                Caller.anonymous());
    }

    double read(String counter) {
        return ((ConvexFloat64) runtime.query(
                        "counter:read", ConvexObject.of("name", ConvexValue.of(counter)), Caller.anonymous()))
                .value();
    }

    void publish(String key, String value) {
        DemandTable table = runtime.demandTable(DEMANDED);
        var _ = table.publish(Map.of(key, Optional.of(ConvexObject.of("value", ConvexValue.of(value)))))
                .toCompletableFuture()
                .join();
    }

    @Override
    public void close() {
        module.openGate();
        server.close();
        runtime.close();
    }

    private final class Demands implements DemandProvider {
        @Override
        public void demanded(String key) {
            demandedKey.complete(key);
        }

        @Override
        public void released(String key) {
            // Rows stay as they are; nobody asks for them any more.
        }
    }
}
