package dev.freshet.documents;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import dev.freshet.event.ProfileChange;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.bson.types.ObjectId;

/**
 * The collection {@code profiles}: one document for each person a team tracks. Thread-safe; all calls block.
 *
 * <pre>
 * {teamId, userId, traits: {…}, group: {id, traits: {…}}, aliases: […], firstSeen, lastSeen, version, schemaVersion}
 * </pre>
 */
public final class Profiles {
    static final int SCHEMA_VERSION = 1;

    /**
     * So large a profile may become, in MongoDB, which bears 16 MB: each change writes the whole of it anew, there and in
     * ClickHouse's copy.
     */
    static final long MOST_BYTES = 1 << 20;

    private final MongoCollection<Document> collection;
    private final long mostBytes;
    private final RefusedChanges refused = new RefusedChanges();

    public Profiles(DocumentStore store) {
        this(store, MOST_BYTES);
    }

    Profiles(DocumentStore store, long mostBytes) {
        collection = store.database().getCollection(CollectionIndexes.PROFILES);
        this.mostBytes = mostBytes;
    }

    /**
     * Applies changes in their order; single fields are set, so that what others wrote beside them stays. Doing the same
     * again changes nothing but versions. A change whose content MongoDB will never take, or that would make a profile
     * larger than {@value #MOST_BYTES} bytes, is left out and noted in {@link #refused}; the others are applied.
     *
     * @return the people concerned
     * @throws DocumentStoreException UNREACHABLE or DUPLICATE: to be repeated as a whole
     */
    public Set<Person> apply(List<ProfileChange> changes) {
        Set<Person> concerned = new LinkedHashSet<>();
        ProfileRound round = newRound();
        for (ProfileChange change : changes) {
            try {
                ChangedFields fields = ChangedFields.of(change);
                if (!round.hasRoomFor(fields)) {
                    concerned.addAll(write(round));
                    round = newRound();
                }
                round.add(fields);
            } catch (DocumentStoreException cause) {
                refuse(change, cause);
            }
        }
        concerned.addAll(write(round));
        return concerned;
    }

    private ProfileRound newRound() {
        return new ProfileRound(mostBytes, this::stored);
    }

    private Set<Person> write(ProfileRound round) {
        try {
            write(round.main());
            write(round.ifAbsent());
            return round.people();
        } catch (DocumentStoreException cause) {
            return divide(round.changes(), cause);
        }
    }

    /** Finds what is to blame: the parts are applied by themselves, what went through already once more, in its order. */
    private Set<Person> divide(List<ProfileChange> changes, DocumentStoreException cause) {
        if (changes.size() == 1) {
            refuse(changes.getFirst(), cause);
            // Its first half may have been taken.
            return Set.of(
                    new Person(changes.getFirst().teamId(), changes.getFirst().userId()));
        }
        requireContent(cause);
        int middle = changes.size() / 2;
        Set<Person> concerned = new LinkedHashSet<>(apply(changes.subList(0, middle)));
        concerned.addAll(apply(changes.subList(middle, changes.size())));
        return concerned;
    }

    private void refuse(ProfileChange change, DocumentStoreException cause) {
        requireContent(cause);
        refused.note(new Person(change.teamId(), change.userId()), cause);
    }

    private static void requireContent(DocumentStoreException cause) {
        if (cause.code() != DocumentStoreException.Code.REFUSED_CONTENT) {
            throw cause;
        }
    }

    /** What was left out. */
    public RefusedChanges refused() {
        return refused;
    }

    public Optional<Profile> find(String teamId, String userId) {
        return ObjectId.isValid(teamId) ? find(new Person(teamId, userId)) : Optional.empty();
    }

    /** @throws DocumentStoreException UNREADABLE_DOCUMENT for what another client wrote, UNREACHABLE */
    public Optional<Profile> find(Person person) {
        return stored(person).map(document -> read(person, new StoredDocument(CollectionIndexes.PROFILES, document)));
    }

    private Optional<Document> stored(Person person) {
        return Optional.ofNullable(DriverCall.perform(
                "read a profile", () -> collection.find(person.filter()).first()));
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

    private void write(List<UpdateOneModel<Document>> updates) {
        if (!updates.isEmpty()) {
            DriverCall.perform(
                    "write profiles", () -> collection.bulkWrite(updates, new BulkWriteOptions().ordered(false)));
        }
    }
}
