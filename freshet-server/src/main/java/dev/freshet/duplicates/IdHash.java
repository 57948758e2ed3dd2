package dev.freshet.duplicates;

import java.nio.charset.StandardCharsets;

/** Hashes of ids, the same for as long as an index lives. Seeded, so that nobody can send ids that collide. */
record IdHash(long seed) {
    /** Stands for a team in {@link #of}; two teams may share one, which costs time and nothing else. */
    long teamSeed(String teamId) {
        long hash = seed;
        for (byte part : teamId.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ part) * 0x9e3779b97f4a7c15L;
            hash ^= hash >>> 29;
        }
        return mix(hash);
    }

    static long of(long teamSeed, int idClass, long high, long low) {
        return mix(mix(high ^ teamSeed) ^ low) + idClass * 0x9e3779b97f4a7c15L;
    }

    /** The last step of MurmurHash3. */
    static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
