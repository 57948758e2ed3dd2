package dev.freshet.ingest;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A {@link DuplicateFilter} in memory: 256 hash tables of whole ids, each small enough to be rebuilt between two requests
 * (about a millisecond at eight million ids in all). An id takes 24 bytes a slot at most three slots in four filled, so
 * 32 to 64 bytes. Expired ids go when their table is rebuilt: when it fills up, and in turn every few minutes.
 */
public final class RecentIds implements DuplicateFilter {
    /** How long an id is known. */
    static final Duration WINDOW = Duration.ofHours(24);

    private static final int SHARD_BITS = 8;
    private static final int SHARDS = 1 << SHARD_BITS;
    private static final long REFUSE_MS = 1_000;
    private static final long PURGE_EVERY_MS = WINDOW.toMillis() / SHARDS;

    private final long limitBytes;
    private final long seed;
    private final Map<String, Integer> teamNumbers = new HashMap<>();
    private final RecentIdTable[] shards = new RecentIdTable[SHARDS];
    /** Until when a full table is not looked through again for expired ids. */
    private final long[] refusedUntilMs = new long[SHARDS];

    private long memoryBytes;
    private long nextPurgeMs = Long.MIN_VALUE;
    private int nextPurged;

    /** @param limitBytes the memory allowed; at least 256 tables of the smallest size are always kept, under 1 MiB */
    public RecentIds(long limitBytes) {
        this.limitBytes = limitBytes;
        this.seed = ThreadLocalRandom.current().nextLong();
        for (int shard = 0; shard < SHARDS; shard++) {
            shards[shard] = new RecentIdTable(RecentIdTable.LEAST_SLOTS);
            memoryBytes += shards[shard].memoryBytes();
        }
    }

    @Override
    public int teamNumber(String teamId) {
        Integer number = teamNumbers.get(teamId);
        if (number == null) {
            number = teamNumbers.size();
            teamNumbers.put(teamId, number);
        }
        return number;
    }

    @Override
    public Verdict offer(int teamNumber, long high, long low, long receivedAtMs) {
        purge(receivedAtMs);
        return add(teamNumber, high, low, receivedAtMs, receivedAtMs);
    }

    private Verdict add(int teamNumber, long high, long low, long receivedAtMs, long nowMs) {
        long hash = hash(teamNumber, high, low);
        RecentIdTable table = shards[shardOf(hash)];
        int slot = table.find(hash, teamNumber, high, low);
        if (slot >= 0) {
            if (!table.isExpired(slot, nowMs)) {
                return Verdict.REPEAT;
            }
            table.renew(slot, receivedAtMs);
            return Verdict.FIRST;
        }
        if (table.isFull()) {
            if (!makeRoom(shardOf(hash), nowMs)) {
                return Verdict.NO_ROOM;
            }
            table = shards[shardOf(hash)];
        }
        table.insert(hash, teamNumber, high, low, receivedAtMs);
        return Verdict.FIRST;
    }

    @Override
    public void withdraw(int teamNumber, long high, long low) {
        long hash = hash(teamNumber, high, low);
        RecentIdTable table = shards[shardOf(hash)];
        int slot = table.find(hash, teamNumber, high, low);
        if (slot >= 0) {
            table.remove(slot, this::hash);
        }
    }

    @Override
    public void remember(String teamId, long high, long low, long receivedAtMs, long nowMs) {
        if (nowMs - receivedAtMs >= WINDOW.toMillis()) {
            return;
        }
        if (add(teamNumber(teamId), high, low, receivedAtMs, nowMs) == Verdict.NO_ROOM) {
            throw new IngestException(
                    IngestException.Code.UNAVAILABLE,
                    "The ids of the last 24 hours need more than the " + limitBytes
                            + " bytes allowed for them; allow more memory.",
                    Duration.ZERO);
        }
    }

    @Override
    public long size() {
        long size = 0;
        for (RecentIdTable shard : shards) {
            size += shard.size();
        }
        return size;
    }

    @Override
    public long memoryBytes() {
        return memoryBytes;
    }

    private void purge(long nowMs) {
        if (nextPurgeMs == Long.MIN_VALUE) {
            nextPurgeMs = nowMs + PURGE_EVERY_MS;
        }
        while (nowMs >= nextPurgeMs) {
            int kept = shards[nextPurged].countKept(nowMs);
            rebuild(nextPurged, RecentIdTable.slotsFor(kept), nowMs);
            nextPurged = (nextPurged + 1) % SHARDS;
            nextPurgeMs += PURGE_EVERY_MS;
        }
    }

    /** Makes room in a table that is full; false when that takes more memory than allowed. */
    private boolean makeRoom(int shard, long nowMs) {
        if (nowMs < refusedUntilMs[shard]) {
            return false;
        }
        RecentIdTable old = shards[shard];
        int kept = old.countKept(nowMs);
        // A quarter more, so that a table is not rebuilt for each id that expires.
        int slots = RecentIdTable.slotsFor(kept + kept / 4 + 1);
        if (memoryBytes - old.memoryBytes() + RecentIdTable.memoryBytes(slots) > limitBytes) {
            slots = old.slots();
            if (kept == old.size()) {
                refusedUntilMs[shard] = nowMs + REFUSE_MS;
                return false;
            }
        }
        rebuild(shard, slots, nowMs);
        return true;
    }

    private void rebuild(int shard, int slots, long nowMs) {
        RecentIdTable old = shards[shard];
        shards[shard] = old.rebuilt(slots, nowMs, this::hash);
        memoryBytes += shards[shard].memoryBytes() - old.memoryBytes();
    }

    private static int shardOf(long hash) {
        return (int) (hash >>> (64 - SHARD_BITS));
    }

    /** Seeded, so that nobody can send ids that collide; mixes as MurmurHash3 finishes. */
    private long hash(int teamNumber, long high, long low) {
        long hash = mix(high ^ seed);
        hash = mix(hash ^ low);
        return mix(hash + teamNumber);
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
