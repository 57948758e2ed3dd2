package dev.freshet.auth;

import dev.freshet.documents.Team;
import dev.freshet.documents.Teams;
import dev.freshet.documents.WriteKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.types.ObjectId;

/**
 * The write keys of all teams. {@link #resolve} looks into memory and never blocks, so it may run on an event loop; all
 * other methods block. Changes go to MongoDB first, then to memory, one at a time under this object's lock: when
 * {@link #revoke} returns, the key is refused.
 */
public final class WriteKeys {
    private static final String PREFIX = "fwk_";

    private final Teams teams;
    private final SecureRandom random;
    private final InstantSource clock;
    /** By the key's hash. Replaced as a whole, by the holder of this object's lock. */
    private volatile Map<String, WriteKeyGrant> grants = Map.of();

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

    /** A key as its team may see it. */
    public record Listed(String keyId, String name, Instant createdAt) {}

    /** What a presented key grants; a hash and a look into a map. */
    public Optional<WriteKeyGrant> resolve(String key) {
        if (key.length() > SecretKeys.MAX_LENGTH) {
            return Optional.empty();
        }
        return Optional.ofNullable(grants.get(SecretKeys.hash(key)));
    }

    /** @throws dev.freshet.documents.DocumentStoreException NOT_FOUND (no such team), LIMIT_EXCEEDED */
    public Created create(String teamId, String name) {
        String key = SecretKeys.generate(PREFIX, random);
        return new Created(add(teamId, name, key), key);
    }

    /** Makes sure that a key which the operator chose is one of the team's. */
    void adopt(String teamId, String name, String key) {
        add(teamId, name, key);
    }

    private synchronized String add(String teamId, String name, String key) {
        WriteKey stored = describe(name, key);
        teams.addWriteKey(teamId, stored);
        reload();
        return stored.id();
    }

    /** A key as it is kept, made but not stored. */
    WriteKey describe(String name, String key) {
        return new WriteKey(new ObjectId().toHexString(), name, SecretKeys.hash(key), clock.instant());
    }

    /** A fresh key's text, made but not stored. */
    String generate() {
        return SecretKeys.generate(PREFIX, random);
    }

    /** The team's keys; empty where there is no such team. */
    public List<Listed> list(String teamId) {
        return teams.byId(teamId).map(Team::writeKeys).orElse(List.of()).stream()
                .map(key -> new Listed(key.id(), key.name(), key.createdAt()))
                .toList();
    }

    /** Returns false where the team has no such key. */
    public synchronized boolean revoke(String teamId, String keyId) {
        boolean removed = teams.removeWriteKey(teamId, keyId);
        Map<String, WriteKeyGrant> remaining = new HashMap<>(grants);
        remaining.values().removeIf(grant -> grant.equals(new WriteKeyGrant(teamId, keyId)));
        grants = Map.copyOf(remaining);
        return removed;
    }

    /** Reads all keys again; call it when another client or process may have changed teams. */
    public synchronized void reload() {
        Map<String, WriteKeyGrant> loaded = new HashMap<>();
        for (Team team : teams.all()) {
            team.writeKeys().forEach(key -> loaded.put(key.hash(), new WriteKeyGrant(team.id(), key.id())));
        }
        grants = Map.copyOf(loaded);
    }
}
