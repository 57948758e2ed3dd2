package dev.freshet.documents;

import com.mongodb.client.model.UpdateOneModel;
import dev.freshet.event.ProfileChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bson.Document;

/**
 * Changes that are written together, as one update of each person. Confined to one thread.
 *
 * <p>It is full at {@value #MOST_CHANGED_BYTES} bytes, so that no update comes near the 16 MB that the driver sends; a single
 * change may be larger, and is then alone.
 */
final class ProfileRound {
    private static final long MOST_CHANGED_BYTES = 8 << 20;

    /** What is remembered of the documents concerned is less than they are. */
    private static final long MOST_CONCERNED_BYTES = 32 << 20;

    private final long mostProfileBytes;
    private final Function<Person, Optional<Document>> stored;
    private final Map<Person, ProfileUpdate> updates = new LinkedHashMap<>();
    private final Map<Person, ProfileSize> sizes = new LinkedHashMap<>();
    private final List<ProfileChange> changes = new ArrayList<>();
    private long changedBytes;
    private long concernedBytes;

    /** @param stored reads what is stored of a person */
    ProfileRound(long mostProfileBytes, Function<Person, Optional<Document>> stored) {
        this.mostProfileBytes = mostProfileBytes;
        this.stored = stored;
    }

    boolean hasRoomFor(ChangedFields change) {
        return changes.isEmpty()
                || (changedBytes + change.bytes() <= MOST_CHANGED_BYTES && concernedBytes <= MOST_CONCERNED_BYTES);
    }

    /** @throws DocumentStoreException REFUSED_CONTENT where the profile would become too large; the round stays as it was */
    void add(ChangedFields change) {
        Person person = change.person();
        if (!sizeOf(person).take(change, mostProfileBytes)) {
            throw new DocumentStoreException(
                    DocumentStoreException.Code.REFUSED_CONTENT,
                    "the profile would become larger than %d bytes; it is at %d"
                            .formatted(mostProfileBytes, sizeOf(person).bytes()));
        }
        updates.computeIfAbsent(person, of -> new ProfileUpdate(of.filter())).add(change);
        changes.add(change.change());
        changedBytes += change.bytes();
    }

    private ProfileSize sizeOf(Person person) {
        ProfileSize known = sizes.get(person);
        if (known != null) {
            return known;
        }
        ProfileSize size = stored.apply(person).map(ProfileSize::of).orElseGet(ProfileSize::ofNew);
        sizes.put(person, size);
        concernedBytes += size.bytes();
        return size;
    }

    List<ProfileChange> changes() {
        return changes;
    }

    Set<Person> people() {
        return updates.keySet();
    }

    List<UpdateOneModel<Document>> main() {
        return updates.values().stream().map(ProfileUpdate::main).toList();
    }

    /** To be done after {@link #main}. */
    List<UpdateOneModel<Document>> ifAbsent() {
        return updates.values().stream()
                .flatMap(update -> update.ifAbsent().stream())
                .toList();
    }
}
