package dev.freshet.documents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.event.ProfileChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BSONException;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * A change as fields of the person's document.
 *
 * @param set paths and what is put there, whatever stands there
 * @param setOnce what is put only where nothing stands
 */
record ChangedFields(ProfileChange change, Person person, List<Field> set, List<Field> setOnce) {
    static final String TRAITS = "traits.";
    static final String GROUP_ID = "group.id";
    static final String GROUP_TRAITS = "group.traits.";

    private static final TypeReference<Map<String, Map<String, Object>>> SENT = new TypeReference<>() {};
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param bytes that name and value take in the document */
    record Field(String path, @Nullable Object value, int bytes) {}

    /** @throws DocumentStoreException REFUSED_CONTENT for what only a fault of the program can have written */
    static ChangedFields of(ProfileChange change) {
        Person person = new Person(change.teamId(), change.userId());
        if (!ObjectId.isValid(change.teamId())) {
            throw refused("the team is unknown", Optional.empty());
        }
        try {
            Map<String, Map<String, Object>> sent = JSON.readValue(change.traits(), SENT);
            if (sent == null) {
                throw refused("the traits are null", Optional.empty());
            }
            String prefix = change.kind() == ProfileChange.Kind.GROUP ? GROUP_TRAITS : TRAITS;
            List<Field> set = fields(prefix, sent.get("set"));
            if (change.kind() == ProfileChange.Kind.GROUP) {
                set.add(new Field(GROUP_ID, change.otherId(), BsonSize.ofField("id", change.otherId())));
            }
            return new ChangedFields(change, person, set, fields(prefix, sent.get("setOnce")));
        } catch (JsonProcessingException | BSONException cause) {
            throw refused("the traits cannot be read, or not be written for MongoDB", Optional.of(cause));
        }
    }

    private static List<Field> fields(String prefix, @Nullable Map<String, Object> sent) {
        List<Field> fields = new ArrayList<>();
        if (sent != null) {
            TraitDocuments.toDocument(sent)
                    .forEach((name, value) ->
                            fields.add(new Field(prefix + name, value, BsonSize.ofField(name, value))));
        }
        return fields;
    }

    private static DocumentStoreException refused(String message, Optional<Exception> cause) {
        return cause.map(known -> new DocumentStoreException(
                        DocumentStoreException.Code.REFUSED_CONTENT, message + ": " + known.getMessage(), known))
                .orElseGet(() -> new DocumentStoreException(DocumentStoreException.Code.REFUSED_CONTENT, message));
    }

    Optional<String> alias() {
        return change.kind() == ProfileChange.Kind.ALIAS ? Optional.of(change.otherId()) : Optional.empty();
    }

    long bytes() {
        return sum(set) + sum(setOnce) + alias().map(ProfileSize::ofAlias).orElse(0);
    }

    private static long sum(List<Field> fields) {
        return fields.stream().mapToLong(Field::bytes).sum();
    }
}
