package dev.freshet.documents;

import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a stored document by type. Anybody may write to the database, so a field of another type than ours is
 * an error that names document and field, never a class cast somewhere else. Fields that are not asked for are ignored, and
 * kept, since repositories change single fields and never replace a document.
 *
 * @param rootId the id of the whole document, of which this may be a nested one
 */
record StoredDocument(
        String collection, Document document, @Nullable Object rootId) {
    StoredDocument(String collection, Document document) {
        this(collection, document, document.get("_id"));
    }

    /**
     * The document's schema version; 1 where another client wrote the document without one.
     *
     * @throws DocumentStoreException UNREADABLE_DOCUMENT for a version newer than {@code newest}: a later program wrote it,
     *     and what its fields mean is not known here
     */
    int schemaVersion(int newest) {
        int version = switch (document.get("schemaVersion")) {
            case null -> 1;
            case Number number -> number.intValue();
            default -> throw unreadable("schemaVersion");
        };
        if (version < 1 || version > newest) {
            throw unreadable("schemaVersion");
        }
        return version;
    }

    String id() {
        return objectId("_id").toHexString();
    }

    ObjectId objectId(String field) {
        return require(field, ObjectId.class);
    }

    String text(String field) {
        return require(field, String.class);
    }

    Optional<String> optionalText(String field) {
        return optional(field, String.class);
    }

    /** A number of any of BSON's kinds, since other clients write others. */
    double number(String field) {
        return require(field, Number.class).doubleValue();
    }

    Instant instant(String field) {
        return require(field, Date.class).toInstant();
    }

    Optional<Instant> optionalInstant(String field) {
        return optional(field, Date.class).map(Date::toInstant);
    }

    /** When the document was made: the field where there is one, else what its id says, to the second. */
    Instant createdAt() {
        return optionalInstant("createdAt")
                .orElseGet(() -> objectId("_id").getDate().toInstant());
    }

    Optional<StoredDocument> nested(String field) {
        return optional(field, Document.class).map(nested -> new StoredDocument(collection, nested, rootId));
    }

    List<StoredDocument> nestedList(String field) {
        return optional(field, List.class).stream()
                .flatMap(elements -> ((List<?>) elements).stream())
                .map(element -> {
                    if (element instanceof Document nested) {
                        return new StoredDocument(collection, nested, rootId);
                    }
                    throw unreadable(field);
                })
                .toList();
    }

    /** Those of the elements that are documents, none where the field is no list: for documents that cannot be read as a whole. */
    List<Document> documentsIn(String field) {
        return document.get(field) instanceof List<?> elements
                ? elements.stream()
                        .filter(Document.class::isInstance)
                        .map(Document.class::cast)
                        .toList()
                : List.of();
    }

    /** A nested document of any shape, empty where there is none. */
    Map<String, Object> open(String field) {
        return optional(field, Document.class)
                .<Map<String, Object>>map(nested -> nested)
                .orElseGet(Map::of);
    }

    private <T> T require(String field, Class<T> type) {
        return optional(field, type).orElseThrow(() -> unreadable(field));
    }

    private <T> Optional<T> optional(String field, Class<T> type) {
        @Nullable Object value = document.get(field);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw unreadable(field);
        }
        return Optional.of(type.cast(value));
    }

    DocumentStoreException unreadable(String field) {
        return new DocumentStoreException(
                DocumentStoreException.Code.UNREADABLE_DOCUMENT,
                "the field '%s' of document %s in '%s' is missing or of a kind this program does not know"
                        .formatted(field, rootId, collection));
    }
}
