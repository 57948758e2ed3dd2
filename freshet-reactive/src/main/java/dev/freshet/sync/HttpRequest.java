package dev.freshet.sync;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The body of an HTTP call. */
record HttpRequest(
        Optional<String> path,
        ConvexObject arguments,
        ResultFormat format,
        Optional<Long> timestampNs,
        List<HttpRequest> queries) {
    private static final int MAX_BATCH = 1_000;

    /**
     * Reads a body; unknown fields are skipped.
     *
     * @throws BadMessageException when it is not one
     */
    static HttpRequest read(String body) {
        try (JsonParser parser = ConvexJson.FACTORY.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadMessageException("the body is a JSON object");
            }
            return read(parser);
        } catch (IOException malformed) {
            throw new BadMessageException("malformed JSON: " + malformed.getMessage());
        }
    }

    private static HttpRequest read(JsonParser parser) throws IOException {
        Optional<String> path = Optional.empty();
        ConvexObject arguments = ConvexObject.empty();
        Optional<String> format = Optional.empty();
        Optional<Long> timestampNs = Optional.empty();
        List<HttpRequest> queries = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (name) {
                case "path" -> path = Optional.of(parser.getText());
                case "format" -> format = Optional.of(parser.getText());
                case "ts" -> timestampNs = Optional.of(ConvexJson.fromBase64(parser.getText()));
                case "args" -> arguments = ClientMessageReader.argumentsOf(Optional.of(ConvexJson.read(parser)));
                case "queries" -> readQueries(parser, queries);
                default -> parser.skipChildren();
            }
        }
        return new HttpRequest(path, arguments, ResultFormat.named(format), timestampNs, List.copyOf(queries));
    }

    private static void readQueries(JsonParser parser, List<HttpRequest> queries) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new BadMessageException("queries must be an array");
        }
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            queries.add(read(parser));
            if (queries.size() > MAX_BATCH) {
                throw new BadMessageException("a batch has at most " + MAX_BATCH + " queries");
            }
        }
    }

    String requirePath() {
        return path.orElseThrow(() -> new BadMessageException("the string path is missing"));
    }

    long requireTimestampNs() {
        return timestampNs.orElseThrow(() -> new BadMessageException("the timestamp ts is missing"));
    }
}
