package dev.freshet.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Map;

/**
 * The signatures that are taken of issuers: RS256, ES256 and Ed25519, each with keys of its own kind only, so that no token
 * can have a key used for what it is not.
 */
final class IssuerSignatures {
    private static final Map<JWSAlgorithm, KeyType> KINDS = Map.of(
            JWSAlgorithm.RS256, KeyType.RSA,
            JWSAlgorithm.ES256, KeyType.EC,
            JWSAlgorithm.EdDSA, KeyType.OKP,
            JWSAlgorithm.Ed25519, KeyType.OKP);

    /** What stands before the 32 bytes of a public key in its X.509 form. */
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private IssuerSignatures() {}

    static boolean isKnown(JWSAlgorithm algorithm) {
        return KINDS.containsKey(algorithm);
    }

    /** Whether the token was signed, by the algorithm that it names and that is known, with this key. */
    static boolean isSigned(SignedJWT jwt, JWK key) {
        JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
        if (!key.getKeyType().equals(KINDS.get(algorithm)) || !isFor(key, algorithm)) {
            return false;
        }
        try {
            return switch (key) {
                case RSAKey rsa -> jwt.verify(new RSASSAVerifier(rsa));
                case ECKey curve -> jwt.verify(new ECDSAVerifier(curve));
                case OctetKeyPair pair -> isSigned(jwt, pair);
                default -> false;
            };
        } catch (JOSEException | GeneralSecurityException e) {
            return false; // such as a signature of another length
        }
    }

    /** A key may say which algorithm it is for; Ed25519 has two names. */
    private static boolean isFor(JWK key, JWSAlgorithm algorithm) {
        return key.getAlgorithm() == null
                || key.getAlgorithm().equals(algorithm)
                || (key instanceof OctetKeyPair && KeyType.OKP.equals(KINDS.get(algorithm)));
    }

    /** By the JDK, since the library wants another library for it. */
    private static boolean isSigned(SignedJWT jwt, OctetKeyPair key) throws GeneralSecurityException {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.writeBytes(ED25519_PREFIX);
        encoded.writeBytes(key.getX().decode());
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(
                KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded.toByteArray())));
        signature.update(jwt.getSigningInput());
        return signature.verify(jwt.getSignature().decode());
    }
}
