package dev.freshet.sync;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.Evaluation;
import dev.freshet.functions.FunctionResult;
import dev.freshet.functions.value.ConvexValue;
import java.util.Optional;

/** Writes messages. Results come encoded already and are copied in as they are. */
final class ServerMessageWriter {
    private static final String NO_LOG_LINES = ",\"logLines\":[]";

    private ServerMessageWriter() {}

    static String write(ServerMessage message) {
        StringBuilder text = new StringBuilder(256);
        switch (message) {
            case ServerMessage.Transition transition -> writeTransition(text, transition);
            case ServerMessage.TransitionChunk(String chunk, int partNumber, int totalParts, long transitionId) -> {
                text.ensureCapacity(chunk.length() + chunk.length() / 8 + 150);
                quote(text.append("{\"type\":\"TransitionChunk\",\"chunk\":"), chunk)
                        .append(",\"partNumber\":")
                        .append(partNumber)
                        .append(",\"totalParts\":")
                        .append(totalParts)
                        .append(",\"transitionId\":\"")
                        .append(transitionId)
                        .append("\"}");
            }
            case ServerMessage.MutationSuccess(long requestId, String resultJson, long timestampNs) ->
                text.append("{\"type\":\"MutationResponse\",\"requestId\":")
                        .append(requestId)
                        .append(",\"success\":true,\"result\":")
                        .append(resultJson)
                        .append(",\"ts\":\"")
                        .append(ConvexJson.base64(timestampNs))
                        .append('"')
                        .append(NO_LOG_LINES)
                        .append('}');
            case ServerMessage.MutationFailure(long requestId, FunctionResult.Failure failure) ->
                writeFailure(text, "MutationResponse", requestId, failure);
            case ServerMessage.ActionResponse(long requestId, FunctionResult.Failure failure) ->
                writeFailure(text, "ActionResponse", requestId, failure);
            case ServerMessage.ActionResponse(long requestId, FunctionResult.Success(ConvexValue value)) ->
                text.append("{\"type\":\"ActionResponse\",\"requestId\":")
                        .append(requestId)
                        .append(",\"success\":true,\"result\":")
                        .append(ConvexJson.encode(value))
                        .append(NO_LOG_LINES)
                        .append('}');
            case ServerMessage.AuthError(String error, long baseVersion, boolean attempted) ->
                quote(text.append("{\"type\":\"AuthError\",\"error\":"), error)
                        .append(",\"baseVersion\":")
                        .append(baseVersion)
                        .append(",\"authUpdateAttempted\":")
                        .append(attempted)
                        .append('}');
            case ServerMessage.FatalError(String error) ->
                quote(text.append("{\"type\":\"FatalError\",\"error\":"), error).append('}');
            case ServerMessage.Ping() -> text.append("{\"type\":\"Ping\"}");
        }
        return text.toString();
    }

    private static void writeTransition(StringBuilder text, ServerMessage.Transition transition) {
        text.ensureCapacity(sizeOf(transition));
        text.append("{\"type\":\"Transition\",\"startVersion\":");
        writeVersion(text, transition.start());
        text.append(",\"endVersion\":");
        writeVersion(text, transition.end());
        text.append(",\"modifications\":[");
        boolean first = true;
        for (ServerMessage.ResultChange change : transition.changes()) {
            if (!first) {
                text.append(',');
            }
            first = false;
            writeChange(text, change);
        }
        text.append(']');
        transition
                .clocks()
                .ifPresent(clocks -> text.append(",\"clientClockSkew\":")
                        .append(clocks.skewMs())
                        .append(",\"serverTs\":")
                        .append(clocks.serverTimeNs()));
        text.append('}');
    }

    private static int sizeOf(ServerMessage.Transition transition) {
        int size = 300;
        for (ServerMessage.ResultChange change : transition.changes()) {
            size += 100;
            if (change instanceof ServerMessage.ResultChange.Result result) {
                size += result.evaluation().json().length();
            }
        }
        return size;
    }

    private static void writeVersion(StringBuilder text, StateVersion version) {
        text.append("{\"querySet\":")
                .append(version.querySet())
                .append(",\"identity\":")
                .append(version.identity())
                .append(",\"ts\":\"")
                .append(ConvexJson.base64(version.timestampNs()))
                .append("\"}");
    }

    private static void writeChange(StringBuilder text, ServerMessage.ResultChange change) {
        switch (change) {
            case ServerMessage.ResultChange.Removed(long queryId) ->
                text.append("{\"type\":\"QueryRemoved\",\"queryId\":")
                        .append(queryId)
                        .append('}');
            case ServerMessage.ResultChange.Result(long queryId, Evaluation evaluation, Optional<String> journal) -> {
                switch (evaluation.result()) {
                    case FunctionResult.Success ignored ->
                        text.append("{\"type\":\"QueryUpdated\",\"queryId\":")
                                .append(queryId)
                                .append(",\"value\":")
                                .append(evaluation.json());
                    case FunctionResult.Failure(String message, Optional<ConvexValue> data) -> {
                        text.append("{\"type\":\"QueryFailed\",\"queryId\":").append(queryId);
                        quote(text.append(",\"errorMessage\":"), message);
                        if (data.isPresent()) {
                            text.append(",\"errorData\":").append(evaluation.json());
                        }
                    }
                }
                text.append(NO_LOG_LINES).append(",\"journal\":");
                if (journal.isPresent()) {
                    quote(text, journal.get());
                } else {
                    text.append("null");
                }
                text.append('}');
            }
        }
    }

    private static void writeFailure(StringBuilder text, String type, long requestId, FunctionResult.Failure failure) {
        text.append("{\"type\":\"")
                .append(type)
                .append("\",\"requestId\":")
                .append(requestId)
                .append(",\"success\":false,\"result\":");
        quote(text, failure.message()).append(NO_LOG_LINES);
        // Left out where there is none: null would make the client see a ConvexError.
        failure.data().ifPresent(data -> text.append(",\"errorData\":").append(ConvexJson.encode(data)));
        text.append('}');
    }

    static StringBuilder quote(StringBuilder text, String content) {
        return text.append('"')
                .append(JsonStringEncoder.getInstance().quoteAsString(content))
                .append('"');
    }
}
