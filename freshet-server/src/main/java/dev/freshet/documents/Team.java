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
        List<WriteKey> keys =
                stored.nestedList("writeKeys").stream().map(Team::readKey).toList();
        return new Team(stored.id(), stored.text("name"), stored.createdAt(), stored.open("settings"), keys);
    }

    private static WriteKey readKey(StoredDocument key) {
        return new WriteKey(
                key.text("id"),
                key.text("name"),
                key.text("hash"),
                key.instant("createdAt"),
                key.nested("quota").map(Team::readQuota));
    }

    private static EventQuota readQuota(StoredDocument quota) {
        return new EventQuota(events(quota, "eventsPerSecond"), events(quota, "burst"));
    }

    private static int events(StoredDocument quota, String field) {
        double events = quota.number(field);
        if (!EventQuota.isUsable(events)) {
            throw quota.unreadable(field);
        }
        return (int) events;
    }
}
