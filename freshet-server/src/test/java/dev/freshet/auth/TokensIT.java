package dev.freshet.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.freshet.dashboards.MemberAuthenticator;
import dev.freshet.documents.EmailAddress;
import dev.freshet.documents.PublishedKeys;
import dev.freshet.documents.Role;
import dev.freshet.documents.User;
import dev.freshet.sync.AuthToken;
import dev.freshet.sync.Authentication;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokensIT {
    private static final HandClock CLOCK = new HandClock();

    @TempDir
    private static Path folder;

    private static AuthFixture auth;

    private final HandClock clock = CLOCK;
    private final User ada = new User(
            "65930a0511111111111111aa",
            EmailAddress.parse("ada@example.org").orElseThrow(),
            "Ada",
            "65930a0511111111111111bb",
            Role.EDITOR,
            Optional.empty(),
            Map.of(),
            clock.instant());

    @BeforeAll
    static void open() {
        auth = new AuthFixture(folder, CLOCK);
    }

    @AfterAll
    static void close() {
        auth.close();
    }

    private void assertFault(String token, TokenFault fault) {
        assertThat(auth.verifier.verify(token)).isEqualTo(new TokenCheck.Refused(fault));
    }

    @Test
    void aGoodTokenTellsItsCaller() {
        IssuedToken issued = auth.issuer.issue(ada, "session");
        assertThat(auth.verifier.verify(issued.token())).isInstanceOfSatisfying(TokenCheck.Accepted.class, accepted -> {
            VerifiedToken token = accepted.token();
            assertThat(token.caller()).isEqualTo(new Caller(ada.id(), ada.teamId(), Role.EDITOR));
            assertThat(token.sessionId()).isEqualTo("session");
            assertThat(token.email()).isEqualTo("ada@example.org");
            assertThat(token.name()).isEqualTo("Ada");
            assertThat(token.tokenIdentifier()).isEqualTo("http://127.0.0.1:8080|" + ada.id());
            assertThat(Duration.between(token.issuedAt(), token.expiresAt())).isEqualTo(Duration.ofHours(1));
            assertThat(token.expiresAt()).isEqualTo(issued.expiresAt());
        });
        assertThat(issued.toString()).doesNotContain(issued.token());
    }

    @Test
    void aTokenExpiresAfterItsHour() {
        String token = auth.issuer.issue(ada, "session").token();
        clock.advance(Duration.ofHours(1));
        assertThat(auth.verifier.verify(token)).isInstanceOf(TokenCheck.Accepted.class); // Clocks may differ by 5 s.
        clock.advance(Duration.ofSeconds(6));
        assertFault(token, TokenFault.EXPIRED);
    }

    @Test
    void whoSignsInLateIsSignedInAsLongAsTheTokenIsTaken() {
        var _ = auth.firstStart(Optional.empty(), Optional.empty(), Optional.of("a password of some length"));
        String token = ((SignInResult.SignedIn)
                        auth.signIn.login("owner@example.org", "a password of some length", "10.0.0.1"))
                .token()
                .token();
        try (TrustedIssuers none = new TrustedIssuers(List.of(), clock);
                Memberships memberships = Memberships.follow(auth.users, auth.sessions)) {
            MemberAuthenticator authenticator = new MemberAuthenticator(
                    auth.verifier,
                    memberships,
                    none,
                    AdminKey.open(Optional.of("the admin key"), auth.installation, new SecureRandom())
                            .key());
            clock.advance(Duration.ofHours(1).plusSeconds(4));
            Authentication late = authenticator.authenticate(new AuthToken.User(token));

            assertThat(late).isInstanceOfSatisfying(Authentication.Accepted.class, accepted -> {
                assertThat(accepted.expiresAt().orElseThrow()).isAfter(clock.instant());
                clock.advance(
                        Duration.between(clock.instant(), accepted.expiresAt().orElseThrow()));
            });
            assertThat(authenticator.authenticate(new AuthToken.User(token)))
                    .isEqualTo(new Authentication.Refused("Unauthenticated", TokenFault.EXPIRED.sentence()));
        }
    }

    @Test
    void aTokenOfAnIssuerThatNobodyTrustsHasNoProvider() throws Exception {
        String elsewhere = new TokenIssuer(
                        TokenSettings.of(URI.create("http://elsewhere.example")), auth.signingKeys, clock)
                .issue(ada, "session")
                .token();
        try (IssuerServer issuer = new IssuerServer();
                Memberships memberships = Memberships.follow(auth.users, auth.sessions);
                TrustedIssuers none = new TrustedIssuers(List.of(), clock);
                TrustedIssuers another = new TrustedIssuers(
                        List.of(TrustedIssuer.of("https://login.example.com", "app", Optional.empty())), clock)) {
            String signedElsewhere = issuer.signed(
                    IssuerServer.RSA, issuer.claims(clock.instant()).build());
            for (TrustedIssuers issuers : List.of(none, another)) {
                MemberAuthenticator authenticator = new MemberAuthenticator(
                        auth.verifier,
                        memberships,
                        issuers,
                        AdminKey.open(Optional.of("the admin key"), auth.installation, new SecureRandom())
                                .key());
                for (String token : List.of(elsewhere, signedElsewhere)) {
                    assertThat(authenticator.authenticate(new AuthToken.User(token)))
                            .isEqualTo(
                                    new Authentication.Refused("NoAuthProvider", TokenFault.WRONG_ISSUER.sentence()));
                }
                assertThat(authenticator.authenticate(new AuthToken.User("nonsense")))
                        .isEqualTo(new Authentication.Refused("Unauthenticated", TokenFault.MALFORMED.sentence()));
            }
        }
    }

    @Test
    void aTokenFromTheFutureIsRefused() {
        HandClock ahead = new HandClock();
        ahead.advance(Duration.between(ahead.instant(), clock.instant()).plusMinutes(10));
        assertFault(
                new TokenIssuer(auth.settings, auth.signingKeys, ahead)
                        .issue(ada, "session")
                        .token(),
                TokenFault.MALFORMED);
    }

    @Test
    void aTokenSignedWithAnotherKeyIsRefusedAlsoUnderOurKeyId() throws Exception {
        ECKey other = new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
        assertFault(resigned(other, other.getKeyID()), TokenFault.UNKNOWN_KEY);
        assertFault(resigned(other, auth.signingKeys.own().getKeyID()), TokenFault.BAD_SIGNATURE);
    }

    private String resigned(ECKey key, String keyId) throws Exception {
        SignedJWT good = SignedJWT.parse(auth.issuer.issue(ada, "session").token());
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(keyId).build(), good.getJWTClaimsSet());
        forged.sign(new ECDSASigner(key));
        return forged.serialize();
    }

    @Test
    void aTokenOfAnotherIssuerOrAudienceIsRefused() {
        for (TokenSettings other : List.of(
                TokenSettings.of(URI.create("http://elsewhere.example")),
                new TokenSettings(auth.settings.issuer(), "another", Duration.ofHours(1)))) {
            String token = new TokenIssuer(other, auth.signingKeys, clock)
                    .issue(ada, "session")
                    .token();
            assertFault(token, TokenFault.WRONG_ISSUER);
        }
    }

    @Test
    void unsignedAndDowngradedTokensAreRefused() throws Exception {
        SignedJWT good = SignedJWT.parse(auth.issuer.issue(ada, "session").token());
        JWTClaimsSet claims = good.getJWTClaimsSet();
        assertFault(new PlainJWT(claims).serialize(), TokenFault.MALFORMED);
        String header = good.getHeader().toString();
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(header.replace("ES256", "none").getBytes(StandardCharsets.UTF_8));
        String payload = good.getParsedParts()[1].toString();
        assertFault(none + "." + payload + ".", TokenFault.MALFORMED);
        assertFault(none + "." + payload + "." + good.getSignature(), TokenFault.MALFORMED);
        // The public key as the secret of an HMAC, the classic confusion of algorithms.
        SignedJWT confused = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(auth.signingKeys.own().getKeyID())
                        .build(),
                claims);
        confused.sign(new MACSigner(auth.signingKeys.own().toECPublicKey().getEncoded()));
        assertFault(confused.serialize(), TokenFault.MALFORMED);
    }

    @Test
    void aTamperedTokenIsRefusedWhereverItWasTouched() {
        String token = auth.issuer.issue(ada, "session").token();
        String[] parts = token.split("\\.");
        byte[] claims = Base64.getUrlDecoder().decode(parts[1]);
        String raised = new String(claims, StandardCharsets.UTF_8).replace("editor", "owner");
        String forged = Base64.getUrlEncoder().withoutPadding().encodeToString(raised.getBytes(StandardCharsets.UTF_8));
        assertFault(parts[0] + "." + forged + "." + parts[2], TokenFault.BAD_SIGNATURE);
        byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
        for (int at : new int[] {0, 31, 32, 63}) {
            byte[] touched = signature.clone();
            touched[at] ^= 1;
            String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(touched);
            assertFault(parts[0] + "." + parts[1] + "." + encoded, TokenFault.BAD_SIGNATURE);
        }
        String zeros = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]);
        assertFault(parts[0] + "." + parts[1] + "." + zeros, TokenFault.BAD_SIGNATURE);
    }

    @Test
    void whatIsNoTokenIsRefused() {
        List<UnaryOperator<String>> damages = List.of(
                token -> "",
                token -> "nonsense",
                token -> "a.b.c",
                token -> token.substring(0, token.lastIndexOf('.')),
                token -> token + ".more",
                token -> token + "x".repeat(10_000),
                token -> "x" + token);
        String token = auth.issuer.issue(ada, "session").token();
        for (UnaryOperator<String> damage : damages) {
            assertThat(auth.verifier.verify(damage.apply(token))).isInstanceOf(TokenCheck.Refused.class);
        }
    }

    @Test
    void theJwksVerifiesATokenInTheJdkAloneAndHoldsNoPrivatePart() throws Exception {
        String token = auth.issuer.issue(ada, "session").token();
        String[] parts = token.split("\\.");
        String keyId = Document.parse(new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8))
                .getString("kid");
        List<Document> keys = Document.parse(auth.signingKeys.jwksJson()).getList("keys", Document.class);
        assertThat(keys).isNotEmpty().noneMatch(key -> key.containsKey("d"));
        Document key = keys.stream()
                .filter(candidate -> keyId.equals(candidate.getString("kid")))
                .findFirst()
                .orElseThrow();
        assertThat(key)
                .containsEntry("alg", "ES256")
                .containsEntry("use", "sig")
                .containsEntry("kty", "EC");
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initVerify(publicKey(key));
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    }

    private static PublicKey publicKey(Document key) throws Exception {
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        ECPoint point = new ECPoint(coordinate(key, "x"), coordinate(key, "y"));
        return KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(point, curve.getParameterSpec(ECParameterSpec.class)));
    }

    private static BigInteger coordinate(Document key, String name) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(key.getString(name)));
    }

    @Test
    void theDiscoveryDocumentLeadsToTheKeys() {
        assertThat(Document.parse(OpenIdDiscovery.json(auth.settings)))
                .containsEntry("issuer", "http://127.0.0.1:8080")
                .containsEntry("jwks_uri", "http://127.0.0.1:8080/.well-known/jwks.json")
                .containsEntry("id_token_signing_alg_values_supported", List.of("ES256"));
    }

    @Test
    void theKeyFileIsPrivateKeptAndRefusedWhenDamaged() throws Exception {
        Path file = folder.resolve("auth/signing-key.json");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        PublishedKeys published = new PublishedKeys(auth.store);
        SigningKeys again = SigningKeys.open(folder.resolve("auth"), published, new SecureRandom(), clock);
        assertThat(again.own()).isEqualTo(auth.signingKeys.own());
        Path damaged = Files.createDirectories(folder.resolve("damaged"));
        Files.writeString(damaged.resolve("signing-key.json"), again.jwksJson());
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                AuthException.class,
                                () -> SigningKeys.open(damaged, published, new SecureRandom(), clock))
                        .code())
                .isEqualTo(AuthException.Code.UNUSABLE_KEY_FILE);
    }

    @Test
    void processesOfOneDeploymentVerifyEachOthersTokens() {
        SigningKeys other =
                SigningKeys.open(folder.resolve("other"), new PublishedKeys(auth.store), new SecureRandom(), clock);
        String token = new TokenIssuer(auth.settings, other, clock)
                .issue(ada, "session")
                .token();
        auth.signingKeys.reload();
        assertThat(auth.verifier.verify(token)).isInstanceOf(TokenCheck.Accepted.class);
    }
}
