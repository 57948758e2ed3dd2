package dev.freshet.sync;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.FunctionCalls;
import dev.freshet.functions.FunctionRefusedException;
import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.InvalidValueException;
import dev.freshet.reactive.CommitHook;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP API: bodies in, replies out. What a function returns or throws is a reply with status 200; other statuses mean
 * that it was not run. Thread-safe.
 */
final class HttpCalls {
    private static final Logger LOG = LoggerFactory.getLogger(HttpCalls.class);
    private static final String RUN = "run/";

    /** What a single result may take. */
    private static final int MOST_BATCH_CHARACTERS = 16 << 20;

    private final FunctionCalls calls;

    HttpCalls(FunctionCalls calls) {
        this.calls = calls;
    }

    CompletionStage<HttpReply> post(String endpoint, String body, Caller caller, ClientVersion client) {
        return answer(() -> dispatch(endpoint, body, caller, client));
    }

    private static CompletableFuture<HttpReply> answer(Supplier<CompletableFuture<HttpReply>> call) {
        try {
            return call.get().exceptionally(HttpCalls::refusal);
        } catch (BadMessageException bad) {
            return CompletableFuture.completedFuture(error(400, bad.code(), bad.getMessage()));
        } catch (InvalidValueException bad) {
            return CompletableFuture.completedFuture(error(400, "BadRequest", String.valueOf(bad.getMessage())));
        } catch (RuntimeException failure) {
            return CompletableFuture.completedFuture(internal(failure));
        }
    }

    CompletionStage<HttpReply> getQuery(
            String path, String arguments, Optional<String> format, Caller caller, ClientVersion client) {
        return answer(() -> {
            ConvexObject decoded = ClientMessageReader.argumentsOf(Optional.of(ConvexJson.decode(arguments)));
            ResultFormat resultFormat = ResultFormat.named(format, client);
            return calls.query(path, decoded, caller).thenApply(result -> reply(result, resultFormat));
        });
    }

    private CompletableFuture<HttpReply> dispatch(String endpoint, String body, Caller caller, ClientVersion client) {
        if (endpoint.equals("query_ts")) {
            return CompletableFuture.completedFuture(
                    new HttpReply(200, "{\"ts\":\"" + ConvexJson.base64(calls.pinLatest()) + "\"}"));
        }
        if (endpoint.startsWith(RUN)) {
            // Who writes this path by hand knows no client's format.
            HttpRequest request = HttpRequest.read(body, ClientVersion.UNKNOWN);
            return calls.anyKind(runPath(endpoint), request.arguments(), caller)
                    .thenApply(result -> reply(result, request.format()));
        }
        HttpRequest request = HttpRequest.read(body, client);
        if (endpoint.equals("query_batch")) {
            return queryBatch(request, caller);
        }
        return run(endpoint, request, caller).thenApply(result -> reply(result, request.format()));
    }

    private CompletableFuture<FunctionResult> run(String endpoint, HttpRequest request, Caller caller) {
        String path = request.requirePath();
        return switch (endpoint) {
            case "query" -> calls.query(path, request.arguments(), caller);
            case "mutation" ->
                calls.mutation(path, request.arguments(), caller, Optional.empty(), CommitHook.NONE)
                        .thenApply(FunctionCalls::asResult);
            case "action" -> calls.action(path, request.arguments(), caller);
            case "function" -> calls.anyKind(path, request.arguments(), caller);
            case "query_at_ts" ->
                calls.queryAtPinned(
                        request.requireTimestampNs(), new FunctionCalls.Call(path, request.arguments()), caller);
            default -> throw new BadMessageException("there is no endpoint " + endpoint);
        };
    }

    private CompletableFuture<HttpReply> queryBatch(HttpRequest request, Caller caller) {
        List<FunctionCalls.Call> batch = request.queries().stream()
                .map(query -> new FunctionCalls.Call(query.requirePath(), query.arguments()))
                .toList();
        return calls.queries(batch, caller).thenApply(results -> {
            StringBuilder text = new StringBuilder("{\"results\":[");
            for (int index = 0; index < results.size(); index++) {
                text.append(index == 0 ? "" : ",")
                        .append(bodyOf(
                                results.get(index), request.queries().get(index).format()));
                if (text.length() > MOST_BATCH_CHARACTERS) {
                    return error(
                            400,
                            "BatchTooLarge",
                            "The results of a batch take at most " + MOST_BATCH_CHARACTERS
                                    + " characters together; ask for fewer at once.");
                }
            }
            return new HttpReply(200, text.append("]}").toString());
        });
    }

    /** Its segments may be encoded as in a URL; a slash that is, is one of its segment's. */
    private static String runPath(String endpoint) {
        String path = endpoint.substring(RUN.length());
        int slash = path.lastIndexOf('/');
        return slash < 0 ? decoded(path) : decoded(path.substring(0, slash)) + ":" + decoded(path.substring(slash + 1));
    }

    private static String decoded(String segments) {
        try {
            return URLDecoder.decode(segments.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new BadMessageException("the path is not encoded as a URL");
        }
    }

    private static HttpReply reply(FunctionResult result, ResultFormat format) {
        return new HttpReply(200, bodyOf(result, format));
    }

    private static String bodyOf(FunctionResult result, ResultFormat format) {
        return switch (result) {
            case FunctionResult.Success(ConvexValue value) ->
                "{\"status\":\"success\",\"value\":" + format.encode(value) + "}";
            case FunctionResult.Failure(String message, Optional<ConvexValue> data) ->
                ServerMessageWriter.quote(new StringBuilder("{\"status\":\"error\",\"errorMessage\":"), message)
                        .append(data.map(present -> ",\"errorData\":" + format.encode(present))
                                .orElse(""))
                        .append('}')
                        .toString();
        };
    }

    private static HttpReply refusal(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof FunctionRefusedException refusal) {
            return switch (refusal.reason()) {
                case EXECUTE_FULL -> error(503, "ExecuteFullError", refusal.getMessage());
                case COMMITTER_FULL -> error(503, "CommitterFullError", refusal.getMessage());
                case SYSTEM_TIMEOUT -> error(503, "SystemTimeoutError", refusal.getMessage());
                case STOPPED -> error(503, "GoingAway", refusal.getMessage());
                case OUT_OF_RETENTION -> error(503, "OutOfRetention", refusal.getMessage());
                case STORAGE_FAILED -> error(503, "StorageFailedError", refusal.getMessage());
                case INTERNAL -> internal(refusal);
            };
        }
        return internal(cause);
    }

    private static HttpReply internal(Throwable cause) {
        LOG.error("an HTTP call failed", cause);
        return error(500, "InternalServerError", "The server could not answer.");
    }

    private static HttpReply error(int status, String code, String message) {
        StringBuilder body = new StringBuilder("{\"code\":\"").append(code).append("\",\"message\":");
        return new HttpReply(
                status, ServerMessageWriter.quote(body, message).append('}').toString());
    }
}
