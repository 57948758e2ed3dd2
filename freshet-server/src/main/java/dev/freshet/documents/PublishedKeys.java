package dev.freshet.documents;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bson.Document;

/**
 * The collection {@code signing_keys}: the public halves, as JWK text, of the keys with which the processes of a deployment
 * sign tokens, so that each can verify what another signed. Private halves never come here. Thread-safe; all calls block.
 */
public final class PublishedKeys {
    private final MongoCollection<Document> collection;

    public PublishedKeys(DocumentStore store) {
        this.collection = store.database().getCollection(CollectionIndexes.SIGNING_KEYS);
    }

    /** Publishes a key under its id; a repeat changes nothing. */
    public void publish(String keyId, String publicJwk, Instant now) {
        DriverCall.perform(
                "publish a signing key",
                () -> collection.updateOne(
                        Filters.eq("_id", keyId),
                        Updates.combine(
                                Updates.setOnInsert("schemaVersion", 1),
                                Updates.setOnInsert("jwk", publicJwk),
                                Updates.setOnInsert("createdAt", Date.from(now))),
                        new UpdateOptions().upsert(true)));
    }

    /** All published keys as JWK texts, the oldest first. */
    public List<String> all() {
        return DriverCall.perform(
                "list signing keys",
                () -> collection
                        .find()
                        .sort(new Document("createdAt", 1))
                        .map(document -> new StoredDocument(CollectionIndexes.SIGNING_KEYS, document).text("jwk"))
                        .into(new ArrayList<>()));
    }
}
