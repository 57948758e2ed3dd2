package dev.freshet.documents;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.ObjectId;

/**
 * What is decided once for a deployment, by whichever process comes first: one document in the collection
 * {@code installation}. Each method proposes a value and returns the one in force. Thread-safe; all calls block.
 */
public final class Installation {
    private static final String ID = "installation";

    private final MongoCollection<Document> collection;

    public Installation(DocumentStore store) {
        this.collection = store.database().getCollection(CollectionIndexes.INSTALLATION);
    }

    /** The id of the first team. The team itself may not exist yet. */
    public String firstTeamId() {
        return decide("firstTeamId", new ObjectId().toHexString());
    }

    /** The hash of the generated admin key. */
    public String adminKeyHash(String proposedHash) {
        return decide("adminKeyHash", proposedHash);
    }

    /** The hash of the generated admin key, where one was generated. */
    public Optional<String> adminKeyHash() {
        return Optional.ofNullable(DriverCall.perform(
                        "read the installation",
                        () -> collection.find(Filters.eq("_id", ID)).first()))
                .flatMap(document ->
                        new StoredDocument(CollectionIndexes.INSTALLATION, document).optionalText("adminKeyHash"));
    }

    private String decide(String field, String proposed) {
        ensureDocument();
        Document undecided = new Document("_id", ID).append(field, new Document("$exists", false));
        DriverCall.perform(
                "record the installation", () -> collection.updateOne(undecided, Updates.set(field, proposed)));
        Document decided = DriverCall.perform(
                "read the installation",
                () -> collection.find(Filters.eq("_id", ID)).first());
        return new StoredDocument(CollectionIndexes.INSTALLATION, decided == null ? new Document() : decided)
                .text(field);
    }

    private void ensureDocument() {
        try {
            DriverCall.perform(
                    "record the installation",
                    () -> collection.updateOne(
                            Filters.eq("_id", ID),
                            Updates.setOnInsert("schemaVersion", 1),
                            new UpdateOptions().upsert(true)));
        } catch (DocumentStoreException e) {
            if (e.code() != DocumentStoreException.Code.DUPLICATE) {
                throw e;
            }
            // Two upserts met; the other was first, and the document is there.
        }
    }
}
