package dev.freshet.documents;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A team: the boundary of all data. {@code settings} is a nested document of any shape. */
public record Team(String id, String name, Instant createdAt, Map<String, Object> settings, List<WriteKey> writeKeys) {
    static final int SCHEMA_VERSION = 1;

    public Team {
        // Not Map.copyOf: a nested document may hold nulls.
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        writeKeys = List.copyOf(writeKeys);
    }

    static Team read(StoredDocument stored) {
        stored.schemaVersion(SCHEMA_VERSION);
        List<WriteKey> keys = stored.nestedList("writeKeys").stream()
                .map(key -> new WriteKey(key.text("id"), key.text("name"), key.text("hash"), key.instant("createdAt")))
                .toList();
        return new Team(stored.id(), stored.text("name"), stored.createdAt(), stored.open("settings"), keys);
    }
}
