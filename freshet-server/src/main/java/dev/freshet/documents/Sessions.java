package dev.freshet.documents;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The collection {@code sessions}. Thread-safe; all calls block. */
public final class Sessions {
    private static final Logger log = LoggerFactory.getLogger(Sessions.class);

    private final DocumentStore store;
    private final MongoCollection<Document> collection;

    public Sessions(DocumentStore store) {
        this.store = store;
        this.collection = store.database().getCollection(CollectionIndexes.SESSIONS);
    }

    public void create(Session session) {
        Document document = new Document("_id", session.id())
                .append("schemaVersion", Session.SCHEMA_VERSION)
                .append("userId", new ObjectId(session.userId()))
                .append("createdAt", Date.from(session.createdAt()))
                .append("usedAt", Date.from(session.usedAt()))
                .append("expiresAt", Date.from(session.expiresAt()));
        DriverCall.perform("insert a session", () -> collection.insertOne(document));
    }

    public Optional<Session> byId(String sessionId) {
        return Optional.ofNullable(DriverCall.perform(
                        "read a session",
                        () -> collection.find(Filters.eq("_id", sessionId)).first()))
                .map(Sessions::read);
    }

    /** Whose the sessions are that are there and not signed out, as it is now, whoever changes them. */
    public FollowedDocuments<String> followOwners() {
        return FollowedDocuments.start(
                CollectionIndexes.SESSIONS,
                this::owners,
                listener -> store.follow(CollectionIndexes.SESSIONS, listener));
    }

    private Map<String, String> owners(Set<String> ids) {
        List<Document> documents = DriverCall.perform(
                "read sessions", () -> collection.find(Filters.in("_id", ids)).into(new ArrayList<>()));
        Map<String, String> owners = new HashMap<>();
        for (Document document : documents) {
            try {
                Session session = read(document);
                if (session.revokedAt().isEmpty()) {
                    owners.put(session.id(), session.userId());
                }
            } catch (DocumentStoreException fault) {
                log.error(
                        "a session's document cannot be read, so it is taken for signed out [code={}]",
                        fault.code(),
                        fault);
            }
        }
        return owners;
    }

    /** A member's sessions, the most recently used first. */
    public List<Session> ofUser(String userId) {
        return list(Filters.eq("userId", new ObjectId(userId)), new Document("usedAt", -1));
    }

    /** Sessions signed out at or after {@code since}: those whose tokens may not have expired yet. */
    public List<Session> revokedSince(Instant since) {
        return list(Filters.gte("revokedAt", Date.from(since)), new Document("revokedAt", 1));
    }

    /** Records a use; false where the session is gone, signed out or expired, in which case nothing changes. */
    public boolean use(String sessionId, Instant now) {
        Bson open = new Document("_id", sessionId)
                .append("revokedAt", new Document("$exists", false))
                .append("expiresAt", new Document("$gt", Date.from(now)));
        return DriverCall.perform(
                                "use a session",
                                () -> collection.updateOne(open, Updates.set("usedAt", Date.from(now))))
                        .getMatchedCount()
                == 1;
    }

    /** Ends a session; a repeat changes nothing. */
    public void revoke(String sessionId, Instant now) {
        Bson open = new Document("_id", sessionId).append("revokedAt", new Document("$exists", false));
        DriverCall.perform(
                "revoke a session", () -> collection.updateOne(open, Updates.set("revokedAt", Date.from(now))));
    }

    /** Removes the sessions that had expired by {@code cutoff}; returns how many. */
    public long removeExpired(Instant cutoff) {
        return DriverCall.perform(
                        "remove expired sessions",
                        () -> collection.deleteMany(Filters.lte("expiresAt", Date.from(cutoff))))
                .getDeletedCount();
    }

    private List<Session> list(Bson filter, Document order) {
        return DriverCall.perform(
                "list sessions",
                () -> collection.find(filter).sort(order).map(Sessions::read).into(new ArrayList<>()));
    }

    private static Session read(Document document) {
        return Session.read(new StoredDocument(CollectionIndexes.SESSIONS, document));
    }
}
