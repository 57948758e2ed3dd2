package dev.freshet.auth;

import dev.freshet.documents.DocumentStoreException;
import dev.freshet.documents.EventQuota;
import dev.freshet.documents.Teams;
import dev.freshet.documents.TeamsFound;
import dev.freshet.documents.WriteKey;
import dev.freshet.event.WriteKeyText;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write keys of all teams. {@link #resolve} and {@link #list} look into memory and never block, so they may run on an
 * event loop; what changes keys blocks. Changes go to MongoDB first, then to memory, one at a time under this object's lock: when
 * {@link #revoke} returns, the key is refused.
 */
public final class WriteKeys {
    /** Characters of a key's name. */
    public static final int MAX_NAME = 100;

    private static final Logger log = LoggerFactory.getLogger(WriteKeys.class);

    private final Teams teams;
    private final SecureRandom random;
    private final InstantSource clock;
    /** Replaced as a whole, by the holder of this object's lock. */
    private volatile Known known = new Known(Map.of());

    private volatile Consumer<String> listener = teamId -> {};

    /** Why the keys of some teams cannot be read, by team. Replaced as a whole, as {@link #known}. */
    private volatile Map<String, String> unreadable = Map.of();

    /** The keys of all teams, and what each grants by its hash. */
    private record Known(Map<String, List<WriteKey>> byTeam, Map<String, WriteKeyGrant> byHash) {
        Known(Map<String, List<WriteKey>> byTeam) {
            this(Map.copyOf(byTeam), grants(byTeam));
        }

        private static Map<String, WriteKeyGrant> grants(Map<String, List<WriteKey>> byTeam) {
            Map<String, WriteKeyGrant> grants = new HashMap<>();
            byTeam.forEach((teamId, keys) ->
                    keys.forEach(key -> grants.put(key.hash(), new WriteKeyGrant(teamId, key.id(), key.quota()))));
            return Map.copyOf(grants);
        }
    }

    private WriteKeys(Teams teams, SecureRandom random, InstantSource clock) {
        this.teams = teams;
        this.random = random;
        this.clock = clock;
    }

    /** Reads the keys of all teams. */
    public static WriteKeys open(Teams teams, SecureRandom random, InstantSource clock) {
        WriteKeys writeKeys = new WriteKeys(teams, random, clock);
        writeKeys.reload();
        return writeKeys;
    }

    /** A new key: {@code key} can be shown this once and is known nowhere afterwards. */
    public record Created(String keyId, String key) {
        @Override
        public String toString() {
            return "Created[keyId=" + keyId + "]";
        }
    }

    /** The name without blanks around it; empty where it is too long or nothing is left. */
    public static Optional<String> usableName(String name) {
        String stripped = name.strip();
        return stripped.isEmpty() || stripped.length() > MAX_NAME ? Optional.empty() : Optional.of(stripped);
    }

    /** A key as its team may see it. */
    public record Listed(String keyId, String name, Instant createdAt, Optional<EventQuota> quota) {}

    /** What a presented key grants; a hash and a look into a map. */
    public Optional<WriteKeyGrant> resolve(String key) {
        if (key.length() > SecretKeys.MAX_LENGTH) {
            return Optional.empty();
        }
        return Optional.ofNullable(known.byHash().get(SecretKeys.hash(key)));
    }

    /** @throws DocumentStoreException NOT_FOUND (no such team), LIMIT_EXCEEDED, UNREADABLE_DOCUMENT */
    public Created create(String teamId, String name) {
        return create(teamId, name, Optional.empty());
    }

    /**
     * As the other, with a quota of the key's own.
     *
     * @throws DocumentStoreException NOT_FOUND (no such team), LIMIT_EXCEEDED, UNREADABLE_DOCUMENT
     */
    public Created create(String teamId, String name, Optional<EventQuota> quota) {
        String key = SecretKeys.generate(WriteKeyText.PREFIX, random);
        return new Created(add(teamId, name, key, quota), key);
    }

    /**
     * Makes sure that a key which the operator chose is one of the team's, unless it was and was revoked.
     *
     * @return false where it was revoked
     */
    synchronized boolean adopt(String teamId, String name, String key) {
        boolean isAdopted = teams.addWriteKey(teamId, describe(name, key));
        reload();
        return isAdopted;
    }

    private synchronized String add(String teamId, String name, String key, Optional<EventQuota> quota) {
        WriteKey stored =
                new WriteKey(new ObjectId().toHexString(), name, SecretKeys.hash(key), clock.instant(), quota);
        var _ = teams.addWriteKey(teamId, stored); // Nobody can have revoked what is made just now.
        reload();
        return stored.id();
    }

    /** A key as it is kept, made but not stored. */
    WriteKey describe(String name, String key) {
        return new WriteKey(new ObjectId().toHexString(), name, SecretKeys.hash(key), clock.instant());
    }

    /** A fresh key's text, made but not stored. */
    String generate() {
        return SecretKeys.generate(WriteKeyText.PREFIX, random);
    }

    /** The team's keys as this process last read them, oldest first; empty where there is no such team. Does not block. */
    public List<Listed> list(String teamId) {
        return knownOf(teamId).stream()
                .map(key -> new Listed(key.id(), key.name(), key.createdAt(), key.quota()))
                .toList();
    }

    /** Returns false where the team has no such key. */
    public synchronized boolean revoke(String teamId, String keyId) {
        boolean removed = teams.removeWriteKey(teamId, keyId);
        Map<String, List<WriteKey>> remaining = new HashMap<>(known.byTeam());
        remaining.computeIfPresent(
                teamId,
                (id, keys) ->
                        keys.stream().filter(key -> !key.id().equals(keyId)).toList());
        replace(remaining);
        return removed;
    }

    /**
     * Reads all keys again; call it when another client or process may have changed teams. Where a team's document cannot be
     * read, what is known of its keys stays in force, except those that no longer stand in it.
     */
    public synchronized void reload() {
        TeamsFound found = teams.all();
        Map<String, List<WriteKey>> loaded = new HashMap<>();
        found.readable().forEach(team -> loaded.put(team.id(), team.writeKeys()));
        found.unreadable()
                .forEach((teamId, team) -> loaded.put(
                        teamId,
                        knownOf(teamId).stream()
                                .filter(key -> team.writeKeyIds().contains(key.id()))
                                .toList()));
        note(found.unreadable());
        replace(loaded);
    }

    private List<WriteKey> knownOf(String teamId) {
        return known.byTeam().getOrDefault(teamId, List.of());
    }

    private void note(Map<String, TeamsFound.Unreadable> faults) {
        Map<String, String> before = unreadable;
        Map<String, String> now = new HashMap<>();
        faults.forEach(
                (teamId, team) -> now.put(teamId, String.valueOf(team.fault().getMessage())));
        now.forEach((teamId, fault) -> {
            if (!fault.equals(before.get(teamId))) {
                log.error(
                        "a team's document cannot be read: its known keys stay in force, new ones are not taken, other teams"
                                + " are not concerned; mend the field in MongoDB [code={}, team={}, fault={}]",
                        DocumentStoreException.Code.UNREADABLE_DOCUMENT,
                        teamId,
                        fault);
            }
        });
        before.keySet().stream()
                .filter(teamId -> !now.containsKey(teamId))
                .forEach(teamId -> log.info("a team's document can be read again [team={}]", teamId));
        unreadable = Map.copyOf(now);
    }

    /** How many teams' documents could not be read at the last look. Does not block. */
    public int unreadableTeams() {
        return unreadable.size();
    }

    /**
     * Sets who is told of each team whose keys changed, by this process or another. One listener, set once; it is called on
     * the thread that changed or read the keys and must return at once.
     */
    public void whenChanged(Consumer<String> teamIds) {
        listener = teamIds;
    }

    private void replace(Map<String, List<WriteKey>> next) {
        Map<String, List<WriteKey>> before = known.byTeam();
        if (next.equals(before)) {
            return;
        }
        known = new Known(next);
        Set<String> teamIds = new HashSet<>(before.keySet());
        teamIds.addAll(next.keySet());
        teamIds.removeIf(teamId -> Objects.equals(before.get(teamId), next.get(teamId)));
        teamIds.forEach(listener);
    }
}
