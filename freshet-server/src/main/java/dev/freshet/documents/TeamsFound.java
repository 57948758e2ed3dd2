package dev.freshet.documents;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All teams as they are stored: anybody may write to the database, and what one team's document is like must not concern the
 * others.
 *
 * @param readable by id
 * @param unreadable why the others cannot be read, by their ids
 */
public record TeamsFound(List<Team> readable, Map<String, Unreadable> unreadable) {
    /**
     * A team whose document cannot be read as a whole.
     *
     * @param writeKeyIds of the keys that still stand in it: what does not was revoked
     */
    public record Unreadable(DocumentStoreException fault, Set<String> writeKeyIds) {}

    public TeamsFound {
        readable = List.copyOf(readable);
        unreadable = Map.copyOf(unreadable);
    }

    /** Of all, readable or not. */
    public Set<String> ids() {
        return Stream.concat(readable.stream().map(Team::id), unreadable.keySet().stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
