package dev.freshet.runtime;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/** Randomness. Thread-safe. */
public interface Randomness {
    /** Random bytes nobody can guess. */
    byte[] bytes(int count);

    /** A generator of its own for one run of a function, seeded from here. */
    RandomGenerator generator();

    /** From the operating system. */
    static Randomness secure() {
        return new SecureRandomness(new SecureRandom());
    }

    /** See {@link #secure()}. */
    record SecureRandomness(SecureRandom source) implements Randomness {
        @Override
        public byte[] bytes(int count) {
            byte[] bytes = new byte[count];
            source.nextBytes(bytes);
            return bytes;
        }

        @Override
        public RandomGenerator generator() {
            return new java.util.SplittableRandom(source.nextLong());
        }
    }
}
