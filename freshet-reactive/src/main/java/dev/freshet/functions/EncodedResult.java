package dev.freshet.functions;

import dev.freshet.functions.value.ConvexValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.UUID;

/**
 * A result with its encoding, made once on the thread that ran the function.
 *
 * @param json the value, or the data of a ConvexError; empty text for a failure without data
 * @param digest equal for equal results; errors are compared without their request ids
 */
record EncodedResult(FunctionResult result, String json, UUID digest) {
    static EncodedResult of(FunctionResult result) {
        String json = switch (result) {
            case FunctionResult.Success(ConvexValue value) -> ConvexJson.encode(value);
            case FunctionResult.Failure(String message, Optional<ConvexValue> data) ->
                data.map(ConvexJson::encode).orElse("");
        };
        return new EncodedResult(result, json, digestOf(result, json));
    }

    private static UUID digestOf(FunctionResult result, String json) {
        String tagged = switch (result) {
            case FunctionResult.Success ignored -> "+" + json;
            case FunctionResult.Failure failure ->
                "-" + failure.message().replaceFirst("^\\[Request ID: [0-9a-f]+\\]", "") + '\n' + json;
        };
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(tagged.getBytes(StandardCharsets.UTF_8));
            ByteBuffer bytes = ByteBuffer.wrap(hash);
            return new UUID(bytes.getLong(), bytes.getLong());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
