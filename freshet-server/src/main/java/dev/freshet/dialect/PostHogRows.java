package dev.freshet.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.event.EventType;
import dev.freshet.event.ProfileChange;
import dev.freshet.event.RejectCode;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What PostHog's messages mean. For one request, confined to one thread. */
final class PostHogRows implements MessageIntake.MessageRows {
    private static final Set<String> BROWSER_LIBRARIES = Set.of("web", "js");
    private static final Set<String> CLIENT_LIBRARIES =
            Set.of("web", "js", "posthog-android", "posthog-ios", "posthog-react-native", "posthog-flutter");

    /** Events that say something about a person and are none themselves. */
    private static final Set<String> PERSON_EVENTS =
            Set.of("$identify", "$set", "$groupidentify", "$create_alias", "$merge_dangerously");

    private final DialectRequest request;
    private final ObjectNode envelope;
    private final String keyOfEach;
    private final String bodyKey;
    private final RequestRows rows;
    private final Mapping mapping;
    private final DialectParts parts;

    /**
     * @param keyOfEach the key that every message must hold, if it holds one, where the messages and not the envelope say
     *     the key; else empty
     * @param bodyKey the key that the body was let in by, which is not kept among properties
     */
    PostHogRows(
            DialectRequest request,
            ObjectNode envelope,
            String keyOfEach,
            String bodyKey,
            RequestRows rows,
            Mapping mapping,
            DialectParts parts) {
        this.request = request;
        this.envelope = envelope;
        this.keyOfEach = keyOfEach;
        this.bodyKey = bodyKey;
        this.rows = rows;
        this.mapping = mapping;
        this.parts = parts;
    }

    @Override
    public Dialect dialectOf(ObjectNode message) {
        return Dialect.POSTHOG;
    }

    @Override
    public boolean add(Dialect dialect, ObjectNode message, boolean isCut) throws RefusedMessage, DialectException {
        requireSameKey(message);
        ObjectNode properties = object(message.path("properties"));
        String event = event(message, properties);
        String user = Texts.cut(Texts.first(
                message.path("distinct_id"),
                message.path("$distinct_id"),
                properties.path("distinct_id"),
                properties.path("$distinct_id")));
        if (user.isEmpty()) {
            throw new RefusedMessage(RejectCode.MISSING_FIELD, "distinct_id is needed.");
        }
        long atMs = happenedAt(message, properties);
        MessageId id = rows.idOf(dialect, Texts.of(message.path("uuid")));
        boolean isChange = addChanges(event, id, user, atMs, message, properties);
        if (PERSON_EVENTS.contains(event)) {
            return isChange;
        }
        Optional<Mapped> mapped = mapping.postHog(event, properties);
        if (mapped.isEmpty()) {
            return isChange;
        }
        if (atMs < request.receivedAtMs() - parts.retention().toMillis()) {
            throw RequestRows.tooOld("timestamp");
        }
        String session = session(properties, user, atMs);
        derive(mapped.get(), properties);
        rows.event(id, mapped.get(), atMs, user, session, properties, isCut);
        return true;
    }

    private void requireSameKey(ObjectNode message) throws DialectException {
        if (!keyOfEach.isEmpty()) {
            String own = PostHogDecoder.keyOf(message);
            if (!own.isEmpty() && !own.equals(keyOfEach)) {
                throw KeyLookup.refusal("The events of one request must have one key.");
            }
        }
    }

    /** The event's name; what only sets attributes of a person, as old SDKs send to /engage, has none. */
    private static String event(ObjectNode message, ObjectNode properties) throws RefusedMessage {
        String event = Texts.of(message.path("event"));
        if (!event.isEmpty()) {
            return event;
        }
        if (attributes("$set", message, properties).isEmpty()
                && attributes("$set_once", message, properties).isEmpty()) {
            throw new RefusedMessage(RejectCode.MISSING_FIELD, "event is needed: the name of what happened.");
        }
        return "$set";
    }

    /** Adds what the message says about people; false where it says nothing. */
    private boolean addChanges(
            String event, MessageId id, String user, long atMs, ObjectNode message, ObjectNode properties)
            throws RefusedMessage {
        return switch (event) {
            case "$groupidentify" -> addGroup(id, user, atMs, properties);
            case "$create_alias", "$merge_dangerously" -> addAlias(id, user, atMs, properties);
            default -> addAttributes(event, id, user, atMs, message, properties);
        };
    }

    private boolean addGroup(MessageId id, String user, long atMs, ObjectNode properties) throws RefusedMessage {
        String group = needed(properties, "$group_key");
        ObjectNode traits = object(properties.path("$group_set"));
        String groupType = Texts.of(properties.path("$group_type"));
        if (!groupType.isEmpty()) {
            traits.put("$group_type", groupType);
        }
        change(id, ProfileChange.Kind.GROUP, user, group, atMs, RequestRows.traits(traits, nothing()));
        return true;
    }

    private boolean addAlias(MessageId id, String user, long atMs, ObjectNode properties) throws RefusedMessage {
        change(id, ProfileChange.Kind.ALIAS, user, needed(properties, "alias"), atMs, nothing());
        return true;
    }

    private static String needed(ObjectNode properties, String field) throws RefusedMessage {
        String value = Texts.cut(Texts.of(properties.path(field)));
        if (value.isEmpty()) {
            throw new RefusedMessage(RejectCode.MISSING_FIELD, "properties." + field + " is needed.");
        }
        return value;
    }

    private boolean addAttributes(
            String event, MessageId id, String user, long atMs, ObjectNode message, ObjectNode properties) {
        boolean isIdentify = event.equals("$identify");
        String anonymous = isIdentify ? Texts.cut(Texts.of(properties.path("$anon_distinct_id"))) : "";
        if (!anonymous.isEmpty() && !anonymous.equals(user)) {
            change(id.beside("alias"), ProfileChange.Kind.ALIAS, user, anonymous, atMs, nothing());
        }
        ObjectNode traits = RequestRows.traits(
                attributes("$set", message, properties), attributes("$set_once", message, properties));
        if (!isIdentify && (traits.isEmpty() || isAnonymous(properties))) {
            return false;
        }
        MessageId changeId = PERSON_EVENTS.contains(event) ? id : id.beside("attributes");
        change(changeId, ProfileChange.Kind.IDENTIFY, user, "", atMs, traits);
        return true;
    }

    private static boolean isAnonymous(ObjectNode properties) {
        JsonNode isPerson = properties.path("$process_person_profile");
        return isPerson.isBoolean() && !isPerson.booleanValue();
    }

    private void change(
            MessageId id, ProfileChange.Kind kind, String user, String other, long atMs, ObjectNode traits) {
        rows.profile(id, kind, user, other, atMs, traits);
    }

    /** Attributes of a person, which stand beside the properties or among them. */
    private static ObjectNode attributes(String name, ObjectNode message, ObjectNode properties) {
        ObjectNode attributes = nothing();
        attributes.setAll(object(properties.path(name)));
        attributes.setAll(object(message.path(name)));
        return attributes;
    }

    private long happenedAt(ObjectNode message, ObjectNode properties) {
        OptionalLong original = MessageTime.of(message.path("timestamp"));
        if (original.isEmpty() && message.path("offset").isNumber()) {
            // How long ago it happened when the request left; no clock is needed to believe that.
            return request.receivedAtMs() - Math.clamp(message.path("offset").longValue(), 0, request.receivedAtMs());
        }
        OptionalLong sentAt = MessageTime.of(envelope.path("sent_at"));
        if (sentAt.isEmpty()) {
            sentAt = request.sentAtMs();
        }
        if (properties.path("$ignore_sent_at").asBoolean()) {
            sentAt = OptionalLong.empty();
        }
        boolean isClient = CLIENT_LIBRARIES.contains(Texts.of(properties.path("$lib")));
        return MessageTime.happenedAt(original, sentAt, isClient, request.isRetry(), request.receivedAtMs());
    }

    private String session(ObjectNode properties, String user, long atMs) {
        String session = Texts.cut(Texts.of(properties.path("$session_id")));
        return session.isEmpty() && BROWSER_LIBRARIES.contains(Texts.of(properties.path("$lib")))
                ? parts.sessions().sessionOf(rows.teamId(), user, atMs)
                : session;
    }

    private void derive(Mapped mapped, ObjectNode properties) {
        properties.remove("$set");
        properties.remove("$set_once");
        if (!bodyKey.isEmpty() && bodyKey.equals(Texts.of(properties.path("token")))) {
            properties.remove("token");
        }
        String url = Texts.of(properties.path("$current_url"));
        String path = Texts.of(properties.path("$pathname"));
        Derived derived = new Derived(properties);
        derived.put("$url", url);
        derived.put("$path", path.isEmpty() ? PathTemplate.pathOfUrl(url) : path);
        derived.sdk(Texts.of(properties.path("$lib")), Texts.of(properties.path("$lib_version")));
        derived.put("$mapped_by", mapped.mappedBy());
        if (mapped.type() == EventType.ERROR_OCCURRED) {
            deriveError(properties, derived);
        }
    }

    private static void deriveError(ObjectNode properties, Derived derived) {
        JsonNode exception = properties.path("$exception_list").path(0);
        derived.put(
                "$message",
                Texts.first(
                        exception.path("value"), properties.path("$exception_message"), properties.path("message")));
        derived.handled(exception.path("mechanism").path("handled"));
        derived.put("$fingerprint", Texts.of(properties.path("$exception_fingerprint")));
    }

    private static ObjectNode object(JsonNode value) {
        return value instanceof ObjectNode object ? object : nothing();
    }

    private static ObjectNode nothing() {
        return JsonNodeFactory.instance.objectNode();
    }
}
