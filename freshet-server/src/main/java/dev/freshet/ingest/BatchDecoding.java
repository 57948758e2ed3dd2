package dev.freshet.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.PresentedKeys;
import dev.freshet.event.RejectCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The decoding of one body; used once, by one thread. */
final class BatchDecoding implements EventRowsBuilder.Progress {
    /** Past this many wrong events the sender is broken, and the reply would only grow. */
    static final int REJECT_LIMIT = 10_000;

    /** How much of one body's refused events is kept for people to look at; the sender is told of all. */
    private static final int DEAD_LETTER_BYTES = 256 * 1024;

    private static final int DEAD_LETTER_OVERHEAD_BYTES = 256;
    static final String DIALECT = "native";

    private final JsonFactory json;
    private final String teamId;
    private final byte[] body;
    private final EventFields fields;
    private final long receivedAtMs;
    private final PresentedKeys keys;
    private final List<Reject> rejected = new ArrayList<>();
    private final List<DeadLetter> deadLetters = new ArrayList<>();
    private final SentMarks marks = new SentMarks();
    private EventRowsBuilder rows;
    private int index;
    private int parserStart;
    private int decodedTo;
    private int deadLetterBytes;

    BatchDecoding(
            JsonFactory json,
            String teamId,
            byte[] body,
            EventFields fields,
            long receivedAtMs,
            PresentedKeys keys,
            int mostRowBytes) {
        this.json = json;
        this.teamId = teamId;
        this.body = body;
        this.fields = fields;
        this.receivedAtMs = receivedAtMs;
        this.keys = keys;
        this.rows = new EventRowsBuilder(body.length, mostRowBytes, this);
    }

    @Override
    public double share() {
        return (double) decodedTo / body.length;
    }

    /** Decodes one JSON text from {@code from} to the end of the body. A fault of its syntax leaves nothing of it. */
    DecodedEvents decodeJson(int from) throws IOException {
        int invalid = Utf8.indexOfInvalid(body, from, body.length);
        if (invalid >= 0) {
            return nothing(invalidByte(invalid - from));
        }
        fields.parserStartsAt(from);
        parserStart = from;
        try (JsonParser parser = json.createParser(body, from, body.length - from)) {
            readBody(parser);
            if (rejected.size() <= REJECT_LIMIT && parser.nextToken() != null) {
                return nothing(
                        "The body goes on behind its JSON text; send several events as an array, or one a line with"
                                + " Content-Type: application/x-ndjson.");
            }
        } catch (JsonProcessingException fault) {
            return nothing(describe(fault));
        }
        return finished();
    }

    /** Decodes one event a line; a fault of syntax rejects its line only. */
    DecodedEvents decodeLines(int from) throws IOException {
        int lineStart = from;
        while (lineStart < body.length && rejected.size() <= REJECT_LIMIT) {
            int lineEnd = lineStart;
            boolean isBlank = true;
            while (lineEnd < body.length && body[lineEnd] != '\n') {
                isBlank &= isWhiteSpace(body[lineEnd]);
                lineEnd++;
            }
            if (!isBlank) {
                readLine(lineStart, lineEnd);
                index++;
            }
            lineStart = lineEnd + 1;
        }
        return finished();
    }

    private static boolean isWhiteSpace(byte value) {
        return value == ' ' || value == '\t' || value == '\r';
    }

    private void readLine(int from, int to) throws IOException {
        int invalid = Utf8.indexOfInvalid(body, from, to);
        if (invalid >= 0) {
            reject(RejectCode.INVALID_JSON, invalidByte(invalid - from), from, to);
            return;
        }
        fields.parserStartsAt(from);
        try (JsonParser parser = json.createParser(body, from, to - from)) {
            JsonToken token = parser.nextToken();
            if (token != JsonToken.START_OBJECT) {
                parser.skipChildren();
                requireEnd(parser);
                notAnObject(token, from, to);
                return;
            }
            fields.begin(receivedAtMs);
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                fields.read(parser.currentName(), parser);
            }
            requireEnd(parser);
            finishEvent(from, to);
        } catch (JsonProcessingException fault) {
            reject(RejectCode.INVALID_JSON, describe(fault), from, to);
        }
    }

    private static void requireEnd(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw new JsonParseException(
                    parser, "Something follows the event on its line", parser.currentTokenLocation());
        }
    }

    private void readBody(JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.START_ARRAY) {
            readArray(parser);
        } else if (token == JsonToken.START_OBJECT) {
            readEventOrBatch(parser);
        } else if (token == null) {
            reject(RejectCode.INVALID_JSON, "The body is empty; send an event as a JSON object.", 0, 0);
        } else {
            notAnObject(token, parserStart, body.length);
        }
    }

    private void readEventOrBatch(JsonParser parser) throws IOException {
        fields.begin(receivedAtMs);
        boolean isBatch = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (name.equals("batch")) {
                if (parser.nextToken() == JsonToken.START_ARRAY) {
                    isBatch = true;
                    readArray(parser);
                    fields.begin(receivedAtMs);
                } else {
                    fields.fault(
                            RejectCode.INVALID_FIELD,
                            "batch must be an array of events, not " + EventFields.describe(parser.currentToken())
                                    + ".");
                    parser.skipChildren();
                }
            } else {
                fields.read(name, parser);
            }
        }
        if (!isBatch) {
            finishEvent(parserStart, body.length);
        }
    }

    private void readArray(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (rejected.size() > REJECT_LIMIT) {
                // Read on for the syntax, which decides between this and another answer, but look at nothing.
                parser.skipChildren();
            } else if (parser.currentToken() == JsonToken.START_OBJECT) {
                int start = offset(parser.currentTokenLocation());
                fields.begin(receivedAtMs);
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    fields.read(parser.currentName(), parser);
                }
                finishEvent(start, offset(parser.currentLocation()));
            } else {
                JsonToken token = parser.currentToken();
                int start = offset(parser.currentTokenLocation());
                parser.skipChildren();
                notAnObject(token, start, offset(parser.currentLocation()));
            }
            index++;
        }
    }

    private int offset(JsonLocation location) {
        return parserStart + (int) location.getByteOffset();
    }

    private void finishEvent(int start, int end) {
        decodedTo = end;
        Optional<Reject> fault = fields.finish(teamId, rows, marks);
        if (fault.isPresent()) {
            reject(fault.get().code(), fault.get().message(), start, end);
        }
    }

    private void notAnObject(JsonToken token, int start, int end) {
        reject(
                RejectCode.NOT_AN_OBJECT,
                "An event must be a JSON object, not " + EventFields.describe(token) + ".",
                start,
                end);
    }

    /** @param start where in the body the event stands that is refused, to {@code end} */
    private void reject(RejectCode code, String message, int start, int end) {
        rejected.add(new Reject(index, code, message));
        if (deadLetterBytes < DEAD_LETTER_BYTES) {
            DeadLetter letter =
                    DeadLetter.refused(teamId, receivedAtMs, DIALECT, code, message, body, start, end - start, keys);
            deadLetterBytes += DEAD_LETTER_OVERHEAD_BYTES + letter.body().length();
            deadLetters.add(letter);
        }
    }

    private DecodedEvents finished() {
        if (rejected.size() > REJECT_LIMIT) {
            rows = new EventRowsBuilder(0);
            rejected.removeLast();
        } else if (rows.count() == 0 && rejected.isEmpty()) {
            reject(RejectCode.INVALID_JSON, "The body holds no event; send at least one.", 0, body.length);
        }
        deadLetters.forEach(letter -> letter.addTo(rows));
        return new DecodedEvents(rows.build(), deadLetters.size(), rejected, marks);
    }

    private DecodedEvents nothing(String message) {
        rows = new EventRowsBuilder(0);
        rejected.clear();
        deadLetters.clear();
        deadLetterBytes = 0;
        reject(RejectCode.INVALID_JSON, message, 0, body.length);
        return finished();
    }

    private static String invalidByte(int offset) {
        return "Byte " + offset + " is no valid UTF-8 or a NUL; send JSON as UTF-8.";
    }

    private static String describe(JsonProcessingException fault) {
        JsonLocation location = fault.getLocation();
        String place = location == null ? "" : " near byte " + Math.max(location.getByteOffset(), 0);
        return "The JSON is invalid" + place + ": " + Quoted.of(fault.getOriginalMessage()) + ".";
    }
}
