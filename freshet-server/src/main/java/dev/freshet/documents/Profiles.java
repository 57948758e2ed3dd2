package dev.freshet.documents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOneModel;
import dev.freshet.event.ProfileChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collection {@code profiles}: one document for each person a team tracks. Thread-safe; all calls block.
 *
 * <pre>
 * {teamId, userId, traits: {…}, group: {id, traits: {…}}, aliases: […], firstSeen, lastSeen, version, schemaVersion}
 * </pre>
 */
public final class Profiles {
    static final int SCHEMA_VERSION = 1;

    private static final Logger log = LoggerFactory.getLogger(Profiles.class);
    private static final int DUPLICATE_KEY = 11000;
    private static final TypeReference<Map<String, Map<String, Object>>> TRAITS = new TypeReference<>() {};
    private static final ObjectMapper JSON = new ObjectMapper();

    private final MongoCollection<Document> collection;

    public Profiles(DocumentStore store) {
        collection = store.database().getCollection(CollectionIndexes.PROFILES);
    }

    private record Person(String teamId, String userId) {
        Bson filter() {
            return Filters.and(Filters.eq("teamId", new ObjectId(teamId)), Filters.eq("userId", userId));
        }
    }

    /**
     * Applies changes in their order; single fields are set, so that what others wrote beside them stays. Doing the same
     * again changes nothing but versions.
     *
     * @return the people concerned, as they are afterwards
     * @throws DocumentStoreException UNREACHABLE or DUPLICATE: to be repeated as a whole
     */
    public List<Profile> apply(List<ProfileChange> changes) {
        Map<Person, ProfileUpdate> updates = new LinkedHashMap<>();
        for (ProfileChange change : changes) {
            if (!ObjectId.isValid(change.teamId())) {
                log.error("a profile of an unknown team is left out [team={}]", change.teamId());
                continue;
            }
            Map<String, Map<String, Object>> traits = traits(change);
            updates.computeIfAbsent(
                            new Person(change.teamId(), change.userId()), person -> new ProfileUpdate(person.filter()))
                    .add(change, traits.getOrDefault("set", Map.of()), traits.getOrDefault("setOnce", Map.of()));
        }
        write(updates.values().stream().map(ProfileUpdate::main).toList());
        write(updates.values().stream()
                .flatMap(update -> update.ifAbsent().stream())
                .toList());
        List<Profile> changed = new ArrayList<>();
        updates.keySet().forEach(person -> find(person).ifPresent(changed::add));
        return changed;
    }

    public Optional<Profile> find(String teamId, String userId) {
        return ObjectId.isValid(teamId) ? find(new Person(teamId, userId)) : Optional.empty();
    }

    private Optional<Profile> find(Person person) {
        return Optional.ofNullable(DriverCall.perform(
                        "read a profile", () -> collection.find(person.filter()).first()))
                .map(document -> read(person, new StoredDocument(CollectionIndexes.PROFILES, document)));
    }

    private static Profile read(Person person, StoredDocument document) {
        Map<String, Object> traits = new LinkedHashMap<>(TraitDocuments.toTraits(document.open("traits")));
        document.nested("group").ifPresent(group -> {
            Map<String, Object> shown = new LinkedHashMap<>(TraitDocuments.toTraits(group.open("traits")));
            group.optionalText("id").ifPresent(id -> shown.put("id", id));
            traits.put("$group", shown);
        });
        Object version = document.document().get("version");
        return new Profile(
                person.teamId(), person.userId(), traits, version instanceof Number number ? number.longValue() : 0);
    }

    private static Map<String, Map<String, Object>> traits(ProfileChange change) {
        try {
            return JSON.readValue(change.traits(), TRAITS);
        } catch (JsonProcessingException e) {
            // Only decoders write these, as JSON; one that does not must not stop all others for ever.
            log.error("the traits of a profile are no JSON, left out [team={}]", change.teamId(), e);
            return Map.of();
        }
    }

    private void write(List<UpdateOneModel<Document>> updates) {
        if (updates.isEmpty()) {
            return;
        }
        DriverCall.perform("write profiles", () -> {
            try {
                collection.bulkWrite(updates, new BulkWriteOptions().ordered(false));
            } catch (MongoBulkWriteException refusal) {
                noteRefused(refusal);
            }
        });
    }

    /** What MongoDB will never take, such as a document that grew too large, must not hold up what comes behind it. */
    private static void noteRefused(MongoBulkWriteException refusal) {
        if (refusal.getWriteConcernError() != null) {
            throw refusal;
        }
        for (BulkWriteError error : refusal.getWriteErrors()) {
            if (error.getCode() == DUPLICATE_KEY) {
                throw new DocumentStoreException(
                        DocumentStoreException.Code.DUPLICATE,
                        "a profile was made by somebody else meanwhile",
                        refusal);
            }
            log.error("MongoDB refuses a profile, left out [code={}, reason={}]", error.getCode(), error.getMessage());
        }
    }
}
