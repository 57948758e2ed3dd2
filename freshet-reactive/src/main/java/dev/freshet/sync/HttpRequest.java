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
        boolean inComponent,
        List<HttpRequest> queries) {
    private static final int MAX_BATCH = 1_000;

    /**
     * Reads a body; unknown fields are skipped.
     *
     * @param client whose format is taken where the body names none
     * @throws BadMessageException when it is not one
     */
    static HttpRequest read(String body, ClientVersion client) {
        try (JsonParser parser = ConvexJson.FACTORY.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadMessageException("the body is a JSON object");
            }
            HttpRequest request = read(parser, client);
            if (parser.nextToken() != null) {
                throw new BadMessageException("there is something behind the body's object");
            }
            return request;
        } catch (IOException malformed) {
            throw new BadMessageException("malformed JSON: " + malformed.getMessage());
        }
    }

    private static HttpRequest read(JsonParser parser, ClientVersion client) throws IOException {
        Optional<String> path = Optional.empty();
        ConvexObject arguments = ConvexObject.empty();
        Optional<String> format = Optional.empty();
        Optional<Long> timestampNs = Optional.empty();
        boolean inComponent = false;
        List<HttpRequest> queries = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (name) {
                case "path" -> path = Optional.of(text(parser));
                case "format" -> format = Optional.of(text(parser));
                case "ts" -> timestampNs = Optional.of(ConvexJson.fromBase64(text(parser)));
                case "componentPath" -> inComponent = !text(parser).isEmpty();
                case "args" -> arguments = ClientMessageReader.argumentsOf(Optional.of(ConvexJson.read(parser)));
                case "queries" -> readQueries(parser, client, queries);
                default -> parser.skipChildren();
            }
        }
        return new HttpRequest(
                path, arguments, ResultFormat.named(format, client), timestampNs, inComponent, List.copyOf(queries));
    }

    private static String text(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new BadMessageException(parser.currentName() + " must be a string");
        }
        return parser.getText();
    }

    private static void readQueries(JsonParser parser, ClientVersion client, List<HttpRequest> queries)
            throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new BadMessageException("queries must be an array");
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new BadMessageException("a query of a batch is a JSON object");
            }
            queries.add(read(parser, client));
            if (queries.size() > MAX_BATCH) {
                throw new BadMessageException("a batch has at most " + MAX_BATCH + " queries");
            }
        }
    }

    /** There are no components here, so nothing is found in one. */
    String requirePath() {
        String given = path.orElseThrow(() -> new BadMessageException("the string path is missing"));
        return inComponent ? "component/" + given + "/" : given;
    }

    long requireTimestampNs() {
        return timestampNs.orElseThrow(() -> new BadMessageException("the timestamp ts is missing"));
    }
}
