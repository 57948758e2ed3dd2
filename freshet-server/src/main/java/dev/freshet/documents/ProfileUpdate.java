package dev.freshet.documents;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/** What several changes of one person come to, in their order. Confined to one thread. */
final class ProfileUpdate {
    private final Bson person;
    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> fieldsIfAbsent = new LinkedHashMap<>();
    private final Set<String> aliases = new LinkedHashSet<>();
    private long firstMs = Long.MAX_VALUE;
    private long lastMs = Long.MIN_VALUE;

    ProfileUpdate(Bson person) {
        this.person = person;
    }

    void add(ChangedFields change) {
        firstMs = Math.min(firstMs, change.change().atMs());
        lastMs = Math.max(lastMs, change.change().atMs());
        change.alias().ifPresent(aliases::add);
        change.set().forEach(field -> {
            fields.put(field.path(), field.value());
            fieldsIfAbsent.remove(field.path());
        });
        change.setOnce().forEach(field -> {
            if (!fields.containsKey(field.path())) {
                fieldsIfAbsent.putIfAbsent(field.path(), field.value());
            }
        });
    }

    /** Makes the document where there is none, and sets what is to be set. */
    UpdateOneModel<Document> main() {
        List<Bson> parts = new ArrayList<>();
        fields.forEach((path, value) -> parts.add(Updates.set(path, value)));
        if (fields.keySet().stream().noneMatch(path -> path.startsWith(ChangedFields.TRAITS))) {
            parts.add(Updates.setOnInsert("traits", new Document()));
        }
        if (!aliases.isEmpty()) {
            parts.add(Updates.addEachToSet("aliases", List.copyOf(aliases)));
        }
        parts.add(Updates.min("firstSeen", Date.from(Instant.ofEpochMilli(firstMs))));
        parts.add(Updates.max("lastSeen", Date.from(Instant.ofEpochMilli(lastMs))));
        parts.add(Updates.inc("version", 1L));
        parts.add(Updates.setOnInsert("schemaVersion", Profiles.SCHEMA_VERSION));
        return new UpdateOneModel<>(person, Updates.combine(parts), new UpdateOptions().upsert(true));
    }

    /** What is to be set only where nothing stands yet; to be done after {@link #main}. */
    List<UpdateOneModel<Document>> ifAbsent() {
        List<UpdateOneModel<Document>> updates = new ArrayList<>();
        fieldsIfAbsent.forEach((path, value) -> updates.add(
                new UpdateOneModel<>(Filters.and(person, Filters.exists(path, false)), Updates.set(path, value))));
        return updates;
    }
}
