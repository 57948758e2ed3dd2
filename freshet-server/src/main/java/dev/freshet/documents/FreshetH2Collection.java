package dev.freshet.documents;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.DocumentWithPosition;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.bson.Document;
import java.util.stream.Stream;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/**
 * Hands out copies, and notes what is written. The library hands a reader the very object that the next update changes in place, while the reader's
 * connection is still encoding it: the reader is then cut off, or gets a mixture.
 */
final class FreshetH2Collection extends H2Collection {
    private final MVMap<Object, Document> documents;
    private final EmbeddedChanges changes;

    FreshetH2Collection(
            MongoDatabase database,
            String name,
            CollectionOptions options,
            MVMap<Object, Document> documents,
            MVMap<String, Object> facts,
            CursorRegistry cursors,
            EmbeddedChanges changes) {
        // Before super, which looks at the documents.
        this.documents = documents;
        this.changes = changes;
        super(database, name, options, documents, facts, cursors);
    }

    @Override
    protected Object addDocumentInternal(Document document) {
        Object position = super.addDocumentInternal(document);
        changes.touch(getFullName(), position);
        return position;
    }

    @Override
    protected void handleUpdate(Object position, Document before, Document after) {
        super.handleUpdate(position, before, after);
        changes.touch(getFullName(), position);
    }

    @Override
    protected void removeDocument(Object position) {
        super.removeDocument(position);
        changes.touch(getFullName(), position);
    }

    @Override
    protected @Nullable Document getDocument(Object position) {
        Document document = super.getDocument(position);
        return document == null ? null : document.cloneDeeply();
    }

    @Override
    protected QueryResult matchDocuments(
            Document query,
            @Nullable Document orderBy,
            int skip,
            int limit,
            int batchSize,
            @Nullable Document fieldSelector) {
        if (isNaturalDescending(orderBy)) {
            return super.matchDocuments(query, orderBy, skip, limit, batchSize, fieldSelector);
        }
        // Filtered here first, so that a scan copies its hits only.
        Stream<Document> copies = documents.values().stream()
                .filter(document -> documentMatchesQuery(document, query))
                .map(Document::cloneDeeply);
        return matchDocumentsFromStream(copies, query, orderBy, skip, limit, batchSize, fieldSelector);
    }

    @Override
    protected Stream<DocumentWithPosition<Object>> streamAllDocumentsWithPosition() {
        return documents.entrySet().stream()
                .map(entry -> new DocumentWithPosition<>(entry.getValue().cloneDeeply(), entry.getKey()));
    }
}
