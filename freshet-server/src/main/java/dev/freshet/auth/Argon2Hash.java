package dev.freshet.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * An Argon2id hash in the PHC string format, {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash} with unpadded base64, which
 * carries its own cost, so that the cost can be raised later without losing old hashes.
 */
final class Argon2Hash {
    private static final Pattern PHC = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d{1,2})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{16,86})");

    private final Argon2Cost cost;
    private final byte[] salt;
    private final byte[] hash;

    /** Takes the arrays as its own. */
    Argon2Hash(Argon2Cost cost, byte[] salt, byte[] hash) {
        this.cost = cost;
        this.salt = salt;
        this.hash = hash;
    }

    /** Computes a hash: {@code cost.memoryKiB} of heap and tens of milliseconds of processor time. */
    static Argon2Hash compute(Argon2Cost cost, byte[] salt, String password, int hashBytes) {
        return new Argon2Hash(cost, salt, derive(cost, salt, password, hashBytes));
    }

    /**
     * Empty where the text is no such string, or where its cost is beyond what this program would ever choose: a hash that
     * somebody else wrote into the database must not be able to take all memory.
     */
    static Optional<Argon2Hash> parse(String phc) {
        Matcher matcher = PHC.matcher(phc);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int memoryKiB = Integer.parseInt(matcher.group(1));
        int iterations = Integer.parseInt(matcher.group(2));
        int parallelism = Integer.parseInt(matcher.group(3));
        if (!Argon2Cost.isBearable(memoryKiB, iterations, parallelism)) {
            return Optional.empty();
        }
        try {
            byte[] salt = Base64.getDecoder().decode(matcher.group(4));
            byte[] hash = Base64.getDecoder().decode(matcher.group(5));
            return Optional.of(new Argon2Hash(new Argon2Cost(memoryKiB, iterations, parallelism), salt, hash));
        } catch (IllegalArgumentException e) {
            // A length or trailing bits that no base64 has: as little a hash as any other text.
            return Optional.empty();
        }
    }

    Argon2Cost cost() {
        return cost;
    }

    /** Takes the same time for every password of one length. */
    boolean matches(String password) {
        return MessageDigest.isEqual(hash, derive(cost, salt, password, hash.length));
    }

    String encode() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + cost.memoryKiB() + ",t=" + cost.iterations() + ",p=" + cost.parallelism() + "$"
                + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }

    private static byte[] derive(Argon2Cost cost, byte[] salt, String password, int hashBytes) {
        Argon2Parameters parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(cost.memoryKiB())
                .withIterations(cost.iterations())
                .withParallelism(cost.parallelism())
                .withSalt(salt)
                .build();
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(parameters);
        byte[] derived = new byte[hashBytes];
        // The same password typed on another keyboard may come in another composition of the same characters.
        String normalised = Normalizer.normalize(password, Normalizer.Form.NFKC);
        generator.generateBytes(normalised.getBytes(StandardCharsets.UTF_8), derived);
        return derived;
    }
}
