package dev.freshet.sync;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.FunctionCalls;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.InvalidValueException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Reads messages. Fields may come in any order, so a message's known fields are collected first and then made into what
 * its type says; unknown fields are skipped.
 */
final class ClientMessageReader {
    private ClientMessageReader() {}

    /**
     * Reads one message.
     *
     * @throws BadMessageException when it is not one
     */
    static ClientMessage read(String text) {
        try (JsonParser parser = ConvexJson.FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadMessageException("a message is a JSON object");
            }
            Fields fields = Fields.read(parser);
            if (parser.nextToken() != null) {
                throw new BadMessageException("there is something behind the message");
            }
            return messageOf(fields);
        } catch (IOException malformed) {
            throw new BadMessageException("malformed JSON: " + malformed.getMessage());
        } catch (InvalidValueException invalid) {
            throw new BadMessageException(invalid.getMessage());
        }
    }

    private static ClientMessage messageOf(Fields fields) {
        String type = fields.text("type");
        return switch (type) {
            case "Connect" ->
                new ClientMessage.Connect(
                        fields.findText("sessionId"),
                        fields.findText("maxObservedTimestamp")
                                .map(ConvexJson::fromBase64)
                                .map(OptionalLong::of)
                                .orElseGet(OptionalLong::empty),
                        fields.findNumber("clientTs"));
            case "ModifyQuerySet" ->
                new ClientMessage.ModifyQuerySet(
                        fields.whole("baseVersion"), fields.whole("newVersion"), fields.changes());
            case "Mutation" -> new ClientMessage.Mutation(fields.whole("requestId"), fields.call());
            case "Action" -> new ClientMessage.Action(fields.whole("requestId"), fields.call());
            case "Authenticate" -> new ClientMessage.Authenticate(fields.whole("baseVersion"), fields.token());
            case "Event" -> new ClientMessage.Event();
            default -> throw new BadMessageException("there is no message type " + type);
        };
    }

    /** The known fields of one JSON object of the protocol. */
    private static final class Fields {
        private final Map<String, String> texts = new HashMap<>();
        private final Map<String, Double> numbers = new HashMap<>();
        private final Map<String, ConvexValue> values = new HashMap<>();
        private final List<ClientMessage.QueryChange> changes = new ArrayList<>();
        private boolean hasChanges;
        private Optional<String> unreadable = Optional.empty();

        static Fields read(JsonParser parser) throws IOException {
            Fields fields = new Fields();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                switch (name) {
                    case "args" -> fields.readArguments(parser, token);
                    case "impersonating", "acting_as" -> {
                        if (token != JsonToken.VALUE_NULL) {
                            fields.values.put(name, ConvexJson.read(parser));
                        }
                    }
                    case "modifications" -> fields.readChanges(parser);
                    default -> fields.readScalar(parser, name, token);
                }
            }
            return fields;
        }

        /** What is JSON and no value is a fault of this one call; the message goes on behind it. */
        private void readArguments(JsonParser parser, JsonToken token) throws IOException {
            if (token == JsonToken.VALUE_NULL) {
                return;
            }
            int outside = parser.getParsingContext().getNestingDepth() - (token.isStructStart() ? 1 : 0);
            try {
                values.put("args", ConvexJson.read(parser));
            } catch (InvalidValueException invalid) {
                unreadable = Optional.of(String.valueOf(invalid.getMessage()));
                while (parser.getParsingContext().getNestingDepth() > outside && parser.nextToken() != null) {
                    // on to the end of the arguments
                }
            }
        }

        private void readScalar(JsonParser parser, String name, JsonToken token) throws IOException {
            switch (token) {
                case VALUE_STRING -> texts.put(name, parser.getText());
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> numbers.put(name, parser.getDoubleValue());
                default -> parser.skipChildren();
            }
        }

        private void readChanges(JsonParser parser) throws IOException {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw new BadMessageException("modifications must be an array");
            }
            hasChanges = true;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.START_OBJECT) {
                    throw new BadMessageException("a modification is a JSON object");
                }
                changes.add(changeOf(read(parser)));
            }
        }

        private static ClientMessage.QueryChange changeOf(Fields fields) {
            String type = fields.text("type");
            return switch (type) {
                case "Add" ->
                    new ClientMessage.QueryChange.Add(
                            fields.whole("queryId"), fields.call(), fields.findText("journal"));
                case "Remove" -> new ClientMessage.QueryChange.Remove(fields.whole("queryId"));
                default -> throw new BadMessageException("there is no modification " + type);
            };
        }

        List<ClientMessage.QueryChange> changes() {
            if (!hasChanges) {
                throw new BadMessageException("modifications are missing");
            }
            return List.copyOf(changes);
        }

        Optional<String> findText(String name) {
            return Optional.ofNullable(texts.get(name));
        }

        String text(String name) {
            return findText(name).orElseThrow(() -> new BadMessageException("the string " + name + " is missing"));
        }

        OptionalDouble findNumber(String name) {
            Double number = numbers.get(name);
            return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
        }

        long whole(String name) {
            double number =
                    findNumber(name).orElseThrow(() -> new BadMessageException("the number " + name + " is missing"));
            long whole = (long) number;
            if (whole != number || whole < 0 || whole > 0xFFFF_FFFFL) {
                throw new BadMessageException(name + " must be a whole number of 32 bits without a sign");
            }
            return whole;
        }

        ClientMessage.FunctionCall call() {
            String path = text("udfPath");
            if (unreadable.isPresent()) {
                return ClientMessage.FunctionCall.failing(FunctionCalls.badArguments(unreadable.get()));
            }
            try {
                return new ClientMessage.FunctionCall(
                        path,
                        argumentsOf(Optional.ofNullable(values.get("args"))),
                        findText("componentPath")
                                .filter(component -> !component.isEmpty())
                                .isPresent(),
                        Optional.empty());
            } catch (BadMessageException noObject) {
                return ClientMessage.FunctionCall.failing(FunctionCalls.badArguments(noObject.getMessage()));
            }
        }

        Optional<AuthToken> token() {
            String type = text("tokenType");
            return switch (type) {
                case "None" -> Optional.empty();
                case "User" -> Optional.of(new AuthToken.User(text("value")));
                case "Admin" ->
                    Optional.of(new AuthToken.Admin(
                            text("value"),
                            Optional.ofNullable(values.getOrDefault("impersonating", values.get("acting_as")))
                                    .map(Fields::objectOf)));
                default -> throw new BadMessageException("there is no token type " + type);
            };
        }

        private static ConvexObject objectOf(ConvexValue value) {
            if (value instanceof ConvexObject object) {
                return object;
            }
            throw new BadMessageException("an identity is a JSON object");
        }
    }

    /** Arguments come as an array of one object, as that object, or not at all. */
    static ConvexObject argumentsOf(Optional<ConvexValue> arguments) {
        if (arguments.isEmpty()) {
            return ConvexObject.empty();
        }
        return switch (arguments.get()) {
            case ConvexObject object -> object;
            case ConvexArray array when array.length() == 0 -> ConvexObject.empty();
            case ConvexArray array
            when array.length() == 1 && array.elements().getFirst() instanceof ConvexObject object -> object;
            default -> throw new BadMessageException("args must be an array with one object");
        };
    }
}
