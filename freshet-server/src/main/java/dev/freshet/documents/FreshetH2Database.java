package dev.freshet.documents;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** Opens collections that store BSON and hand out copies. Map names are the library's, which drops and renames by them. */
final class FreshetH2Database extends H2Database {
    private static final String DOCUMENTS_PREFIX = "databases.";
    private static final String FACTS_PREFIX = "meta.";

    private final MVStore store;
    private final EmbeddedChanges changes;

    FreshetH2Database(String name, MVStore store, CursorRegistry cursors, EmbeddedChanges changes) {
        // Before super, which already opens the collections.
        this.store = store;
        this.changes = changes;
        super(name, store, cursors);
    }

    @Override
    protected MongoCollection<Object> openOrCreateCollection(String name, CollectionOptions options) {
        String namespace = getFullCollectionNamespace(name);
        MVMap<Object, Document> documents = store.openMap(
                DOCUMENTS_PREFIX + namespace,
                new MVMap.Builder<Object, Document>().valueType(BsonDocumentType.INSTANCE));
        MVMap<String, Object> facts = store.openMap(FACTS_PREFIX + namespace);
        return new FreshetH2Collection(this, name, options, documents, facts, cursorRegistry, changes);
    }
}
