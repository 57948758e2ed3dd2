package dev.freshet.documents;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;

/** The collection {@code sessions}. Thread-safe; all calls block. */
public final class Sessions {
    private final MongoCollection<Document> collection;

    public Sessions(DocumentStore store) {
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
