package dev.freshet.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Makes and hashes keys that programs present. SHA-256 is enough: a generated key has 256 random bits, so guessing is
 * hopeless at any speed, and a fast hash can run on an event loop for each request. A key that an operator chose is only as
 * good as it was chosen.
 */
final class SecretKeys {
    static final int MAX_LENGTH = 200;
    private static final int RANDOM_BYTES = 32;

    private SecretKeys() {}

    /** The prefix says what the key is for where it is found in a log or a repository. */
    static String generate(String prefix, SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String hash(String key) {
        return HexFormat.of().formatHex(digest(key));
    }

    static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static void requireUsable(String key, String name) {
        if (key.isBlank() || key.length() > MAX_LENGTH || !key.equals(key.strip())) {
            throw new AuthException(
                    AuthException.Code.UNUSABLE_SECRET,
                    name + " has 1 to " + MAX_LENGTH + " characters and no blanks around them");
        }
    }
}
