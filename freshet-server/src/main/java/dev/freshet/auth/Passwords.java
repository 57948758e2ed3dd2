package dev.freshet.auth;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Hashes and verifies passwords with Argon2id. Each hash takes 19 MiB and tens of milliseconds of processor time, so only a
 * few run at once and a few more wait; beyond that the answer is {@link AuthException.Code#BUSY}, not a full heap.
 *
 * <p>Thread-safe. Blocks: call it on a virtual thread, never on an event loop.
 */
public final class Passwords {
    /** Longer passwords are refused before anything is computed. */
    public static final int MAX_LENGTH = 1_024;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final int WAITING_PER_RUNNING = 16;

    private final SecureRandom random;
    private final Argon2Cost cost;
    private final Semaphore running;
    private final Semaphore admitted;
    private final Argon2Hash nobody;

    /** At most {@code parallel} hashes at once, and 16 times as many waiting. */
    public Passwords(SecureRandom random, int parallel) {
        this(random, parallel, Argon2Cost.OWASP);
    }

    Passwords(SecureRandom random, int parallel, Argon2Cost cost) {
        this.random = random;
        this.cost = cost;
        this.running = new Semaphore(parallel, true);
        this.admitted = new Semaphore(parallel * (1 + WAITING_PER_RUNNING));
        this.nobody = new Argon2Hash(cost, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
    }

    /**
     * The PHC string of a new password.
     *
     * @throws AuthException UNUSABLE_SECRET where it is empty or too long, BUSY
     */
    public String hash(String password) {
        if (password.isEmpty() || password.length() > MAX_LENGTH) {
            throw new AuthException(
                    AuthException.Code.UNUSABLE_SECRET, "a password has 1 to " + MAX_LENGTH + " characters");
        }
        byte[] salt = randomBytes(SALT_BYTES);
        return bounded(() -> Argon2Hash.compute(cost, salt, password, HASH_BYTES))
                .encode();
    }

    /**
     * Whether the password is the one that was hashed. With no hash (there is no such account) the same work is done for
     * nothing, so that the time taken does not tell whether there is one.
     *
     * @throws AuthException BUSY
     */
    public boolean verify(Optional<String> phc, String password) {
        if (password.length() > MAX_LENGTH) {
            return false;
        }
        Optional<Argon2Hash> stored = phc.flatMap(Argon2Hash::parse);
        boolean matches = bounded(() -> stored.orElse(nobody).matches(password));
        return matches && stored.isPresent();
    }

    /** Whether a hash was made at another cost than today's, so that it should be made anew at the next sign-in. */
    public boolean isOutdated(String phc) {
        return Argon2Hash.parse(phc).map(hash -> !hash.cost().equals(cost)).orElse(true);
    }

    private <T> T bounded(Supplier<T> work) {
        if (!admitted.tryAcquire()) {
            throw new AuthException(AuthException.Code.BUSY, "too many sign-ins at once");
        }
        try {
            running.acquireUninterruptibly();
            try {
                return work.get();
            } finally {
                running.release();
            }
        } finally {
            admitted.release();
        }
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
