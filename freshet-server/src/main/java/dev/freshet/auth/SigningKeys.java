package dev.freshet.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import dev.freshet.documents.PublishedKeys;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys behind tokens. This process signs with a P-256 key of its own, made at the first start, whose private half stays
 * in a file that only this user can read and is never in the database: who reads a backup of the database can sign nothing.
 * Public halves are published in MongoDB, so that processes of one deployment verify each other's tokens and old keys
 * go on to verify after a change of key.
 *
 * <p>ES256, since the JDK has it and Convex accepts it of custom issuers; EdDSA would need one more library.
 *
 * <p>Thread-safe; only {@link #open} and {@link #reload} block.
 */
public final class SigningKeys {
    private static final String FILE_NAME = "signing-key.json";

    private final ECKey own;
    private final PublishedKeys published;
    private volatile JWKSet verifying;

    private SigningKeys(ECKey own, PublishedKeys published) {
        this.own = own;
        this.published = published;
        this.verifying = new JWKSet(own.toPublicJWK());
    }

    /**
     * Opens the key in {@code folder}, making it if there is none, and publishes its public half.
     *
     * @throws AuthException UNUSABLE_KEY_FILE
     */
    public static SigningKeys open(Path folder, PublishedKeys published, SecureRandom random, InstantSource clock) {
        PrivateFile file = new PrivateFile(folder.resolve(FILE_NAME));
        ECKey own = file.read().map(SigningKeys::parsePrivate).orElseGet(() -> {
            ECKey generated = generate(random);
            file.create(generated.toJSONString());
            return generated;
        });
        published.publish(own.getKeyID(), own.toPublicJWK().toJSONString(), clock.instant());
        SigningKeys keys = new SigningKeys(own, published);
        keys.reload();
        return keys;
    }

    private static ECKey generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair pair = generator.generateKeyPair();
            return new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic())
                    .privateKey((ECPrivateKey) pair.getPrivate())
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint()
                    .build();
        } catch (GeneralSecurityException | JOSEException e) {
            throw new AuthException(AuthException.Code.SIGNING_FAILED, "cannot make a P-256 key", e);
        }
    }

    private static ECKey parsePrivate(String json) {
        try {
            ECKey key = ECKey.parse(json);
            if (!key.isPrivate() || !Curve.P_256.equals(key.getCurve()) || key.getKeyID() == null) {
                throw unusable(null);
            }
            return key;
        } catch (ParseException e) {
            throw unusable(e);
        }
    }

    private static AuthException unusable(@Nullable Throwable cause) {
        String message = FILE_NAME + " does not hold a private P-256 key; remove it to have a new one made";
        return cause == null
                ? new AuthException(AuthException.Code.UNUSABLE_KEY_FILE, message)
                : new AuthException(AuthException.Code.UNUSABLE_KEY_FILE, message, cause);
    }

    /** Reads again what other processes published. */
    public void reload() {
        List<JWK> keys = new ArrayList<>();
        keys.add(own.toPublicJWK());
        for (String jwk : published.all()) {
            // Somebody may have put a private key, or no key, where only public ones belong: that one is left out.
            parsePublic(jwk)
                    .filter(key -> !key.getKeyID().equals(own.getKeyID()))
                    .ifPresent(keys::add);
        }
        verifying = new JWKSet(keys);
    }

    private static Optional<ECKey> parsePublic(String json) {
        try {
            ECKey key = ECKey.parse(json);
            return key.isPrivate() || key.getKeyID() == null || !Curve.P_256.equals(key.getCurve())
                    ? Optional.empty()
                    : Optional.of(key);
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    ECKey own() {
        return own;
    }

    Optional<ECKey> verifying(String keyId) {
        return verifying.getKeyByKeyId(keyId) instanceof ECKey key ? Optional.of(key) : Optional.empty();
    }

    /** The JWKS document: public keys only. */
    public String jwksJson() {
        return verifying.toString(true);
    }
}
