package dev.freshet.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.event.EventType;
import dev.freshet.event.ProfileChange;
import dev.freshet.event.RejectCode;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What Segment's and RudderStack's messages mean. For one request, confined to one thread. */
final class SegmentRows implements MessageIntake.MessageRows {
    private static final Set<String> BROWSER_LIBRARIES = Set.of("analytics.js", "RudderLabs JavaScript SDK");
    private static final Set<String> CLIENT_LIBRARIES = Set.of(
            "analytics.js",
            "RudderLabs JavaScript SDK",
            "analytics-android",
            "analytics-ios",
            "analytics-kotlin",
            "analytics-swift",
            "@segment/analytics-react-native",
            "analytics_flutter",
            "com.rudderstack.android.sdk.core",
            "rudder-ios-library",
            "rudder-react-native-library");
    private static final String RUDDER = "rudder";

    private final DialectRequest request;
    private final ObjectNode envelope;
    private final RequestRows rows;
    private final Mapping mapping;
    private final DialectParts parts;

    SegmentRows(DialectRequest request, ObjectNode envelope, RequestRows rows, Mapping mapping, DialectParts parts) {
        this.request = request;
        this.envelope = envelope;
        this.rows = rows;
        this.mapping = mapping;
        this.parts = parts;
    }

    /** RudderStack's messages say through which channel they came, or name its library. */
    @Override
    public Dialect dialectOf(ObjectNode message) {
        boolean isRudder = message.has("channel")
                || library(message).toLowerCase(Locale.ROOT).contains(RUDDER);
        return isRudder ? Dialect.RUDDERSTACK : Dialect.SEGMENT;
    }

    @Override
    public boolean add(Dialect dialect, ObjectNode message, boolean isCut) throws RefusedMessage {
        String type = type(message);
        String user = Texts.cut(Texts.first(message.path("userId"), message.path("anonymousId")));
        if (user.isEmpty()) {
            throw new RefusedMessage(RejectCode.MISSING_FIELD, "userId or anonymousId is needed.");
        }
        Optional<ProfileChange.Kind> change = changeOf(type);
        long atMs = happenedAt(message);
        MessageId id = rows.idOf(dialect, Texts.of(message.path("messageId")));
        if (change.isPresent()) {
            addProfile(change.get(), id, user, atMs, message);
            return true;
        }
        if (atMs < request.receivedAtMs() - parts.retention().toMillis()) {
            throw RequestRows.tooOld("timestamp");
        }
        ObjectNode properties = object(message.path("properties"));
        String url = Texts.of(context(message, "page").path("url"));
        Mapped mapped = mapped(dialect, type, message, properties, url);
        derive(mapped, message, properties, url);
        rows.event(id, mapped, atMs, user, session(message, user, atMs), properties, isCut);
        return true;
    }

    private String type(ObjectNode message) throws RefusedMessage {
        String type = Texts.of(message.path("type"));
        if (!type.isEmpty()) {
            return type.toLowerCase(Locale.ROOT);
        }
        return request.type()
                .orElseThrow(() -> new RefusedMessage(
                        RejectCode.MISSING_FIELD, "type is needed: track, page, screen, identify, group or alias."));
    }

    private static Optional<ProfileChange.Kind> changeOf(String type) {
        return switch (type) {
            case "identify" -> Optional.of(ProfileChange.Kind.IDENTIFY);
            case "group" -> Optional.of(ProfileChange.Kind.GROUP);
            case "alias" -> Optional.of(ProfileChange.Kind.ALIAS);
            default -> Optional.empty();
        };
    }

    private Mapped mapped(Dialect dialect, String type, ObjectNode message, ObjectNode properties, String url)
            throws RefusedMessage {
        return switch (type) {
            case "track" -> {
                String event = Texts.of(message.path("event"));
                if (event.isEmpty()) {
                    throw new RefusedMessage(RejectCode.MISSING_FIELD, "event is needed: the name of what happened.");
                }
                yield mapping.named(dialect, event, properties);
            }
            case "page" -> mapping.page(Texts.of(message.path("name")), properties, url);
            case "screen" -> mapping.screen(Texts.of(message.path("name")));
            default ->
                throw new RefusedMessage(
                        RejectCode.UNKNOWN_EVENT_TYPE, "type must be track, page, screen, identify, group or alias.");
        };
    }

    private void addProfile(ProfileChange.Kind kind, MessageId id, String user, long atMs, ObjectNode message)
            throws RefusedMessage {
        ObjectNode nothing = JsonNodeFactory.instance.objectNode();
        switch (kind) {
            case IDENTIFY -> {
                ObjectNode traits = object(message.path("context").path("traits"));
                traits.setAll(object(message.path("traits")));
                rows.profile(id, kind, user, "", atMs, RequestRows.traits(traits, nothing));
            }
            case GROUP -> {
                String group = needed(message, "groupId");
                ObjectNode traits = object(message.path("traits"));
                rows.profile(id, kind, user, group, atMs, RequestRows.traits(traits, nothing));
            }
            case ALIAS -> {
                String previous = needed(message, "previousId");
                rows.profile(id, kind, user, previous, atMs, nothing);
            }
        }
    }

    private static String needed(ObjectNode message, String field) throws RefusedMessage {
        String value = Texts.cut(Texts.of(message.path(field)));
        if (value.isEmpty()) {
            throw new RefusedMessage(RejectCode.MISSING_FIELD, field + " is needed.");
        }
        return value;
    }

    private long happenedAt(ObjectNode message) {
        OptionalLong original = MessageTime.of(message.path("originalTimestamp"));
        if (original.isEmpty()) {
            original = MessageTime.of(message.path("timestamp"));
        }
        OptionalLong sentAt = MessageTime.of(message.path("sentAt"));
        if (sentAt.isEmpty()) {
            sentAt = MessageTime.of(envelope.path("sentAt"));
        }
        boolean isClient = CLIENT_LIBRARIES.contains(library(message));
        return MessageTime.happenedAt(original, sentAt, isClient, request.isRetry(), request.receivedAtMs());
    }

    private String session(ObjectNode message, String user, long atMs) {
        String session = Texts.cut(Texts.of(context(message, "sessionId")));
        return session.isEmpty() && BROWSER_LIBRARIES.contains(library(message))
                ? parts.sessions().sessionOf(rows.teamId(), user, atMs)
                : session;
    }

    private void derive(Mapped mapped, ObjectNode message, ObjectNode properties, String url) {
        String pageUrl = url.isEmpty() ? Texts.of(properties.path("url")) : url;
        String path = Texts.of(properties.path("path"));
        if (path.isEmpty()) {
            path = pageUrl.isEmpty()
                    ? Texts.of(context(message, "page").path("path"))
                    : PathTemplate.pathOfUrl(pageUrl);
        }
        Derived derived = new Derived(properties);
        derived.put("$url", pageUrl);
        derived.put("$path", path);
        derived.campaign(context(message, "campaign"));
        derived.sdk(library(message), Texts.of(context(message, "library").path("version")));
        derived.put("$mapped_by", mapped.mappedBy());
        if (mapped.type() == EventType.ERROR_OCCURRED) {
            JsonNode error = properties.path("error");
            derived.put(
                    "$message",
                    error.isTextual()
                            ? error.textValue()
                            : Texts.first(error.path("message"), properties.path("message")));
            derived.handled(properties.path("handled"));
        }
    }

    private String library(ObjectNode message) {
        return Texts.of(context(message, "library").path("name"));
    }

    /** A part of the message's context, else of the envelope's. */
    private JsonNode context(ObjectNode message, String part) {
        JsonNode own = message.path("context").path(part);
        return own.isMissingNode() ? envelope.path("context").path(part) : own;
    }

    private static ObjectNode object(JsonNode value) {
        return value instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    }
}
