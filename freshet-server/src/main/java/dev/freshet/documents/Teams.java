package dev.freshet.documents;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.PushOptions;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.result.UpdateResult;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;

/** The collection {@code teams}, write keys included. Thread-safe; all calls block. */
public final class Teams {
    /** The most write keys a team may have. */
    public static final int MAX_WRITE_KEYS = 100;

    /** So many revoked keys of a team are remembered, the last ones. */
    static final int MAX_REVOKED_KEYS = 10_000;

    private static final String WRITE_KEYS = "writeKeys";

    /** The hashes of keys that must not become the team's again. */
    private static final String REVOKED_KEYS = "revokedWriteKeys";

    private final MongoCollection<Document> collection;
    private final InstantSource clock;

    public Teams(DocumentStore store, InstantSource clock) {
        this.collection = store.database().getCollection(CollectionIndexes.TEAMS);
        this.clock = clock;
    }

    public Team create(String name) {
        String id = new ObjectId().toHexString();
        ensure(id, name, List.of());
        return byId(id).orElseThrow(Teams::notFound);
    }

    /**
     * Creates the team with these keys unless it exists, in which case nothing changes; so a repeat after an error, or a
     * second process doing the same, is harmless. Returns whether this call created it.
     */
    public boolean ensure(String teamId, String name, List<WriteKey> writeKeys) {
        Bson onInsert = Updates.combine(
                Updates.setOnInsert("schemaVersion", Team.SCHEMA_VERSION),
                Updates.setOnInsert("name", name),
                Updates.setOnInsert("settings", new Document()),
                Updates.setOnInsert(
                        WRITE_KEYS, writeKeys.stream().map(Teams::write).toList()),
                Updates.setOnInsert("createdAt", Date.from(clock.instant())));
        return upsert(Filters.eq("_id", new ObjectId(teamId)), onInsert).getUpsertedId() != null;
    }

    private UpdateResult upsert(Bson filter, Bson update) {
        UpdateOptions upsert = new UpdateOptions().upsert(true);
        try {
            return DriverCall.perform("create a team", () -> collection.updateOne(filter, update, upsert));
        } catch (DocumentStoreException e) {
            if (e.code() != DocumentStoreException.Code.DUPLICATE) {
                throw e;
            }
            // Two upserts met; the other was first, so this one now finds the document.
            return DriverCall.perform("create a team", () -> collection.updateOne(filter, update, upsert));
        }
    }

    public Optional<Team> byId(String teamId) {
        return byIdFilter(teamId)
                .flatMap(filter -> Optional.ofNullable(DriverCall.perform(
                        "read a team", () -> collection.find(filter).first())))
                .map(Teams::read);
    }

    /** All teams. */
    public TeamsFound all() {
        List<Document> documents = DriverCall.perform(
                "list teams",
                () -> collection
                        .find()
                        .projection(Projections.exclude(REVOKED_KEYS))
                        .sort(new Document("_id", 1))
                        .into(new ArrayList<>()));
        List<Team> readable = new ArrayList<>();
        Map<String, TeamsFound.Unreadable> unreadable = new HashMap<>();
        for (Document document : documents) {
            try {
                readable.add(read(document));
            } catch (DocumentStoreException fault) {
                unreadable.put(
                        String.valueOf(document.get("_id")), new TeamsFound.Unreadable(fault, keyIdsIn(document)));
            }
        }
        return new TeamsFound(readable, unreadable);
    }

    private static Set<String> keyIdsIn(Document team) {
        return new StoredDocument(CollectionIndexes.TEAMS, team)
                .documentsIn(WRITE_KEYS).stream()
                        .map(key -> key.get("id"))
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Adds a key; does nothing where the team has one of the same hash, or had one that was revoked.
     *
     * @return false where it was revoked
     * @throws DocumentStoreException LIMIT_EXCEEDED past {@link #MAX_WRITE_KEYS}, NOT_FOUND, and UNREADABLE_DOCUMENT, since a
     *     key would be of no use in a document that cannot be read
     */
    public boolean addWriteKey(String teamId, WriteKey key) {
        Bson filter = byIdFilter(teamId).orElseThrow(Teams::notFound);
        Team before = byId(teamId).orElseThrow(Teams::notFound);
        if (has(before, key)) {
            return true;
        }
        Bson addable = Filters.and(
                filter,
                Filters.ne(WRITE_KEYS + ".hash", key.hash()),
                Filters.ne(REVOKED_KEYS, key.hash()),
                Filters.exists(WRITE_KEYS + "." + (MAX_WRITE_KEYS - 1), false));
        UpdateResult result = DriverCall.perform(
                "add a write key", () -> collection.updateOne(addable, Updates.push(WRITE_KEYS, write(key))));
        if (result.getMatchedCount() == 1) {
            return true;
        }
        if (isRevoked(filter, key)) {
            return false;
        }
        if (!has(byId(teamId).orElseThrow(Teams::notFound), key)) {
            throw new DocumentStoreException(
                    DocumentStoreException.Code.LIMIT_EXCEEDED,
                    "a team may have at most " + MAX_WRITE_KEYS + " write keys");
        }
        return true;
    }

    private static boolean has(Team team, WriteKey key) {
        return team.writeKeys().stream().anyMatch(present -> present.hash().equals(key.hash()));
    }

    private boolean isRevoked(Bson filter, WriteKey key) {
        Bson revoked = Filters.and(filter, Filters.eq(REVOKED_KEYS, key.hash()));
        return DriverCall.perform("read a team", () -> collection.find(revoked).first()) != null;
    }

    /**
     * Removes a key for good: {@link #addWriteKey} does not take it again. Returns false where the team has no such key. Works
     * on a document that cannot be read as a whole, too.
     */
    public boolean removeWriteKey(String teamId, String keyId) {
        return byIdFilter(teamId)
                .flatMap(filter -> hashOf(filter, keyId).map(hash -> remove(filter, keyId, hash)))
                .orElse(false);
    }

    private Optional<String> hashOf(Bson filter, String keyId) {
        Document team =
                DriverCall.perform("read a team", () -> collection.find(filter).first());
        return team == null
                ? Optional.empty()
                : new StoredDocument(CollectionIndexes.TEAMS, team)
                        .documentsIn(WRITE_KEYS).stream()
                                .filter(key -> keyId.equals(key.get("id")))
                                .map(key ->
                                        new StoredDocument(CollectionIndexes.TEAMS, key, team.get("_id")).text("hash"))
                                .findFirst();
    }

    private boolean remove(Bson filter, String keyId, String hash) {
        Bson withKey = Filters.and(filter, Filters.eq(WRITE_KEYS + ".id", keyId));
        Bson revocation = Updates.combine(
                Updates.pull(WRITE_KEYS, new Document("id", keyId)),
                Updates.pushEach(REVOKED_KEYS, List.of(hash), new PushOptions().slice(-MAX_REVOKED_KEYS)));
        return DriverCall.perform("remove a write key", () -> collection.updateOne(withKey, revocation))
                        .getModifiedCount()
                == 1;
    }

    private static Optional<Bson> byIdFilter(String teamId) {
        return ObjectId.isValid(teamId) ? Optional.of(Filters.eq("_id", new ObjectId(teamId))) : Optional.empty();
    }

    private static DocumentStoreException notFound() {
        return new DocumentStoreException(DocumentStoreException.Code.NOT_FOUND, "there is no such team");
    }

    private static Document write(WriteKey key) {
        Document document = new Document("id", key.id())
                .append("name", key.name())
                .append("hash", key.hash())
                .append("createdAt", Date.from(key.createdAt()));
        key.quota()
                .ifPresent(quota -> document.append(
                        "quota",
                        new Document("eventsPerSecond", quota.eventsPerSecond()).append("burst", quota.burst())));
        return document;
    }

    private static Team read(Document document) {
        return Team.read(new StoredDocument(CollectionIndexes.TEAMS, document));
    }
}
