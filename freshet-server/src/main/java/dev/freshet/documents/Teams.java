package dev.freshet.documents;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.result.UpdateResult;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;

/** The collection {@code teams}, write keys included. Thread-safe; all calls block. */
public final class Teams {
    /** The most write keys a team may have. */
    public static final int MAX_WRITE_KEYS = 100;

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
                        "writeKeys", writeKeys.stream().map(Teams::write).toList()),
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

    /** All teams, by id. */
    public List<Team> all() {
        return DriverCall.perform(
                "list teams",
                () -> collection
                        .find()
                        .sort(new Document("_id", 1))
                        .map(Teams::read)
                        .into(new ArrayList<>()));
    }

    /**
     * Adds a key; does nothing where the team has one of the same hash.
     *
     * @throws DocumentStoreException LIMIT_EXCEEDED past {@link #MAX_WRITE_KEYS}, NOT_FOUND
     */
    public void addWriteKey(String teamId, WriteKey key) {
        Bson filter = byIdFilter(teamId).orElseThrow(Teams::notFound);
        Bson addable = Filters.and(
                filter,
                Filters.ne("writeKeys.hash", key.hash()),
                Filters.exists("writeKeys." + (MAX_WRITE_KEYS - 1), false));
        UpdateResult result = DriverCall.perform(
                "add a write key", () -> collection.updateOne(addable, Updates.push("writeKeys", write(key))));
        if (result.getMatchedCount() == 1) {
            return;
        }
        Team team = byId(teamId).orElseThrow(Teams::notFound);
        if (team.writeKeys().stream().noneMatch(present -> present.hash().equals(key.hash()))) {
            throw new DocumentStoreException(
                    DocumentStoreException.Code.LIMIT_EXCEEDED,
                    "a team may have at most " + MAX_WRITE_KEYS + " write keys");
        }
    }

    /** Returns false where the team has no such key. */
    public boolean removeWriteKey(String teamId, String keyId) {
        return byIdFilter(teamId)
                .map(filter -> DriverCall.perform(
                                        "remove a write key",
                                        () -> collection.updateOne(
                                                filter, Updates.pull("writeKeys", new Document("id", keyId))))
                                .getModifiedCount()
                        == 1)
                .orElse(false);
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
