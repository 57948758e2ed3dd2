package dev.freshet.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TrustedIssuersTest {
    private final HandClock clock = new HandClock();
    private final IssuerServer issuer = new IssuerServer();
    private TrustedIssuers trusted = trusting(TrustedIssuer.of(issuer.url(), IssuerServer.AUDIENCE, Optional.empty()));

    private TrustedIssuers trusting(TrustedIssuer... issuers) {
        return new TrustedIssuers(List.of(issuers), clock);
    }

    @AfterEach
    void close() {
        trusted.close();
        issuer.close();
    }

    private String good(String keyId) {
        return issuer.signed(keyId, issuer.claims(clock.instant()).build());
    }

    private String with(UnaryOperator<JWTClaimsSet.Builder> change) {
        return issuer.signed(
                IssuerServer.RSA, change.apply(issuer.claims(clock.instant())).build());
    }

    private PersonCheck check(String token) {
        return trusted.verify(token).orElseThrow();
    }

    private void assertAccepted(String token) {
        assertThat(check(token)).isInstanceOf(PersonCheck.Accepted.class);
    }

    private void assertRefused(String token, String message) {
        assertThat(check(token))
                .isInstanceOfSatisfying(
                        PersonCheck.Refused.class,
                        refused -> assertThat(refused.message()).contains(message));
    }

    private void assertUnavailable(String token, String message) {
        assertThat(check(token))
                .isInstanceOfSatisfying(
                        PersonCheck.Unavailable.class,
                        unavailable -> assertThat(unavailable.message()).contains(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {IssuerServer.RSA, IssuerServer.EC, IssuerServer.ED})
    void aTokenOfEachAlgorithmTellsWhoSomebodyIs(String keyId) {
        assertThat(check(good(keyId))).isInstanceOfSatisfying(PersonCheck.Accepted.class, accepted -> {
            assertThat(accepted.token().tokenIdentifier()).isEqualTo(issuer.url() + "|ada");
            assertThat(accepted.token().subject()).isEqualTo("ada");
            assertThat(accepted.token().claims()).containsKeys("iss", "sub", "aud", "jti");
        });
        assertThat(issuer.discoveries).hasValue(1);
    }

    @Test
    void keysAreReadFromAGivenUrlWithoutDiscovery() {
        trusted.close();
        trusted = trusting(TrustedIssuer.of(
                "https://login.example.com/", IssuerServer.AUDIENCE, Optional.of(dataUrl(issuer.jwksJson()))));
        assertAccepted(with(claims -> claims.issuer("https://login.example.com")));
        assertAccepted(with(claims -> claims.issuer("login.example.com/")));
        trusted.close();
        trusted = trusting(
                TrustedIssuer.of(issuer.url() + "/", IssuerServer.AUDIENCE, Optional.of(issuer.url() + "/jwks")));
        assertAccepted(good(IssuerServer.EC));
        assertThat(issuer.discoveries).hasValue(0);
    }

    private static String dataUrl(String json) {
        return "data:application/json;base64,"
                + Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aTokenOfNoneOfTheseIssuersIsNotOurs() {
        assertThat(trusted.verify(with(claims -> claims.issuer("https://login.example.com"))))
                .isEmpty();
        assertThat(trusted.verify(with(claims -> claims.issuer(issuer.url() + ".example.com"))))
                .isEmpty();
        for (String damaged : List.of("", "nonsense", "a.b.c", "x".repeat(20_000))) {
            assertThat(trusted.verify(damaged)).isEmpty();
        }
        assertThat(issuer.keyFetches).hasValue(0);
    }

    @Test
    void onlyTheSetAudienceIsTaken() {
        assertRefused(with(claims -> claims.audience("another")), "audience");
        assertRefused(with(claims -> claims.audience((String) null)), "audience");
        assertAccepted(with(claims -> claims.audience(List.of(IssuerServer.AUDIENCE))));
        for (List<String> several : List.of(
                List.of("another", IssuerServer.AUDIENCE),
                List.of(IssuerServer.AUDIENCE, "another"),
                List.of(IssuerServer.AUDIENCE, IssuerServer.AUDIENCE))) {
            String token = with(claims -> claims.audience(several));
            assertRefused(token, "no other beside it");
            assertThat(check(token))
                    .isInstanceOfSatisfying(
                            PersonCheck.Refused.class,
                            refused -> assertThat(refused.code()).isEqualTo("NoAuthProvider"));
        }
        trusted.close();
        trusted = trusting(
                TrustedIssuer.of(issuer.url(), "first", Optional.empty()),
                TrustedIssuer.of(issuer.url(), "second", Optional.empty()));
        assertAccepted(with(claims -> claims.audience("second")));
        assertRefused(good(IssuerServer.RSA), "audience");
    }

    @Test
    void timesAreCheckedWithFiveSecondsOfTolerance() {
        assertRefused(with(claims -> claims.expirationTime(secondsFromNow(-5))), "expired");
        assertRefused(with(claims -> claims.notBeforeTime(secondsFromNow(7))), "not valid yet");
        assertRefused(with(claims -> claims.issueTime(secondsFromNow(7))), "not valid yet");
        // A token that is refused without a key does not have the issuer asked for keys.
        assertThat(issuer.keyFetches).hasValue(0);
        assertAccepted(with(claims -> claims.expirationTime(secondsFromNow(-4))
                .notBeforeTime(secondsFromNow(5))
                .issueTime(secondsFromNow(5))));
    }

    private Date secondsFromNow(int seconds) {
        return Date.from(clock.instant().plusSeconds(seconds));
    }

    @Test
    void aTokenMustSayItsKeySubjectAndEnd() throws Exception {
        assertRefused(with(claims -> claims.subject(null)), "sub");
        assertRefused(with(claims -> claims.subject("")), "sub");
        assertRefused(with(claims -> claims.expirationTime(null)), "exp");
        SignedJWT withoutKeyId = new SignedJWT(
                new JWSHeader(JWSAlgorithm.RS256),
                issuer.claims(clock.instant()).build());
        withoutKeyId.sign(new RSASSASigner((RSAKey) issuer.key(IssuerServer.RSA)));
        assertRefused(withoutKeyId.serialize(), "kid");
    }

    @Test
    void otherAlgorithmsAndConfusionsAreRefused() throws Exception {
        JWTClaimsSet claims = issuer.claims(clock.instant()).build();
        RSAKey rsa = (RSAKey) issuer.key(IssuerServer.RSA);
        assertThat(trusted.verify(new PlainJWT(claims).serialize())).isEmpty();
        SignedJWT confused = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(IssuerServer.RSA)
                        .build(),
                claims);
        confused.sign(new MACSigner(rsa.toRSAPublicKey().getEncoded()));
        assertRefused(confused.serialize(), "not HS256");
        for (JWSAlgorithm other : List.of(JWSAlgorithm.RS384, JWSAlgorithm.PS256)) {
            assertRefused(rsaSigned(new JWSHeader.Builder(other), rsa, claims), "not " + other);
        }
        // The name of another key, of the same kind and of another.
        assertRefused(
                rsaSigned(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(IssuerServer.EC), rsa, claims), "signature");
        RSAKey stranger = new RSAKeyGenerator(2048).keyID(IssuerServer.RSA).generate();
        assertRefused(issuer.signed(stranger, claims), "signature");
        assertRefused(
                rsaSigned(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID(IssuerServer.RSA)
                                .criticalParams(Set.of("b64"))
                                .base64URLEncodePayload(true),
                        rsa,
                        claims),
                "critical");
    }

    private static String rsaSigned(JWSHeader.Builder header, RSAKey key, JWTClaimsSet claims) throws Exception {
        JWSHeader built = header.type(JOSEObjectType.JWT).build();
        SignedJWT jwt = new SignedJWT(
                built.getKeyID() == null
                        ? new JWSHeader.Builder(built).keyID(key.getKeyID()).build()
                        : built,
                claims);
        jwt.sign(new RSASSASigner(key));
        return jwt.serialize();
    }

    @Test
    void aTamperedTokenIsRefused() {
        for (String keyId : List.of(IssuerServer.RSA, IssuerServer.EC, IssuerServer.ED)) {
            String[] parts = good(keyId).split("\\.");
            String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            String forged = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(claims.replace("\"ada\"", "\"eve\"").getBytes(StandardCharsets.UTF_8));
            assertRefused(parts[0] + "." + forged + "." + parts[2], "signature");
            assertRefused(parts[0] + "." + parts[1] + "." + parts[2].substring(8), "signature");
        }
    }

    @Test
    void keysThatAreTooWeakOrForAnotherUseAreNotTaken() throws Exception {
        RSAKey weak = new RSAKeyGenerator(1024, true).keyID("weak").generate();
        RSAKey forEncryption = new RSAKeyGenerator(2048)
                .keyID("encryption")
                .keyUse(KeyUse.ENCRYPTION)
                .generate();
        issuer.add(weak);
        issuer.add(forEncryption);
        JWTClaimsSet claims = issuer.claims(clock.instant()).build();
        assertRefused(issuer.signed(forEncryption, claims), "no key");
        SignedJWT weaklySigned = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("weak").build(), claims);
        weaklySigned.sign(new RSASSASigner(weak.toRSAPrivateKey(), Set.of(AllowWeakRSAKey.getInstance())));
        assertRefused(weaklySigned.serialize(), "no key");
    }

    @Test
    void aNewKeyIsFoundAndAWithdrawnOneForgotten() throws Exception {
        assertAccepted(good(IssuerServer.RSA));
        String ofTheOld = good(IssuerServer.RSA);
        issuer.add(new RSAKeyGenerator(2048).keyID("rsa-2").generate());
        issuer.withdraw(IssuerServer.RSA);
        clock.advance(IssuerKeys.BETWEEN_FETCHES);

        assertAccepted(good("rsa-2"));
        assertThat(issuer.keyFetches).hasValue(2);
        assertRefused(ofTheOld, "no key");
        assertThat(issuer.keyFetches).hasValue(2);
    }

    @Test
    void keysAreReadAgainWhenTheyAreAnHourOld() {
        assertAccepted(good(IssuerServer.RSA));
        clock.advance(IssuerKeys.FRESH.minusSeconds(1));
        assertAccepted(good(IssuerServer.RSA));
        assertThat(issuer.keyFetches).hasValue(1);
        String ofEc = good(IssuerServer.EC);
        issuer.withdraw(IssuerServer.EC);
        clock.advance(Duration.ofSeconds(1));
        assertAccepted(good(IssuerServer.RSA));
        assertThat(issuer.keyFetches).hasValue(2);
        assertRefused(ofEc, "no key");
    }

    @Test
    void unknownKeysHaveTheIssuerAskedOnceInTenSeconds() throws Exception {
        RSAKey unknown = new RSAKeyGenerator(2048).keyID("unknown").generate();
        for (int count = 0; count < 50; count++) {
            assertRefused(issuer.signed(unknown, issuer.claims(clock.instant()).build()), "no key");
        }
        assertThat(issuer.keyFetches).hasValue(1);
        clock.advance(IssuerKeys.BETWEEN_FETCHES);
        assertRefused(issuer.signed(unknown, issuer.claims(clock.instant()).build()), "no key");
        assertThat(issuer.keyFetches).hasValue(2);
    }

    @Test
    void whileTheIssuerIsAwayItsKnownKeysGoOnForADay() throws Exception {
        assertAccepted(good(IssuerServer.RSA));
        RSAKey unknown = new RSAKeyGenerator(2048).keyID("rsa-2").generate();
        issuer.close();

        clock.advance(IssuerKeys.FRESH);
        assertAccepted(good(IssuerServer.RSA));
        clock.advance(IssuerKeys.BETWEEN_FETCHES);
        assertUnavailable(
                issuer.signed(unknown, issuer.claims(clock.instant()).build()), "the keys of " + issuer.url());
        assertAccepted(good(IssuerServer.RSA));
        clock.advance(IssuerKeys.KEPT);
        assertUnavailable(good(IssuerServer.RSA), "cannot be read");
    }

    @Test
    void anIssuerThatFailsIsAskedAgainAfterTenSeconds() {
        issuer.status = 500;
        assertUnavailable(good(IssuerServer.RSA), "was answered with status 500");
        issuer.status = 200;
        assertUnavailable(good(IssuerServer.RSA), "was answered with status 500");
        assertThat(issuer.discoveries).hasValue(1);
        clock.advance(IssuerKeys.BETWEEN_FETCHES);
        assertAccepted(good(IssuerServer.RSA));
    }

    @Test
    void aDiscoveryDocumentCannotLeadElsewhere() {
        issuer.discoveryIssuer = "https://login.example.com";
        assertUnavailable(good(IssuerServer.RSA), "the document of another issuer: https://login.example.com");
        issuer.discoveryIssuer = issuer.url();
        for (String elsewhere :
                List.of("http://10.0.0.1/jwks", "file:///etc/passwd", "http://localhost.example.com/")) {
            issuer.jwksUri = elsewhere;
            clock.advance(IssuerKeys.BETWEEN_FETCHES);
            assertUnavailable(good(IssuerServer.RSA), "must name an https URL as jwks_uri, not " + elsewhere);
        }
        issuer.jwksUri = issuer.url() + "/jwks";
        issuer.status = 302;
        clock.advance(IssuerKeys.BETWEEN_FETCHES);
        assertUnavailable(good(IssuerServer.RSA), "was answered with status 302");
        assertThat(issuer.keyFetches).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "Application/JWK-Set+JSON; charset=utf-8", "application/jwk-set+json"})
    void keysAreTakenOfWhatSaysThatItIsJson(String contentType) {
        issuer.contentType = contentType;
        assertAccepted(good(IssuerServer.RSA));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "text/plain; charset=utf-8", "application/jsonp", "application/octet-stream"})
    void keysAreNotTakenOfWhatSaysThatItIsSomethingElse(String contentType) {
        issuer.contentType = contentType;
        assertUnavailable(good(IssuerServer.RSA), "by its Content-Type, which says " + contentType);
    }

    @Test
    void aTokenStandsForItsPersonAsLongAsItIsTaken() {
        String token = good(IssuerServer.RSA);
        PersonToken person = ((PersonCheck.Accepted) check(token)).token();
        assertThat(person.takenUntil()).isEqualTo(person.expiresAt().plusSeconds(5));
        Duration left = Duration.between(clock.instant(), person.takenUntil());
        clock.advance(left.minusMillis(1));
        assertAccepted(token);
        clock.advance(Duration.ofMillis(1));
        assertRefused(token, "expired");
    }

    @Test
    void aDocumentThatIsTooLargeOrNoneIsNotRead() {
        issuer.padding = " ".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        assertUnavailable(good(IssuerServer.RSA), "cannot be read");
        issuer.padding = "<html>".getBytes(StandardCharsets.US_ASCII);
        clock.advance(IssuerKeys.BETWEEN_FETCHES);
        assertUnavailable(good(IssuerServer.RSA), "is no discovery document");
    }

    /** Nobody waits for longer than one fetch, not all who ask wait, and nothing is left behind. */
    @Test
    void anIssuerThatHangsTakesNoThreadForGood() throws Exception {
        trusted.close();
        trusted = new TrustedIssuers(
                List.of(TrustedIssuer.of(issuer.url(), IssuerServer.AUDIENCE, Optional.empty())),
                clock,
                Duration.ofSeconds(2));
        CountDownLatch closedGate = new CountDownLatch(1);
        issuer.gate = closedGate;
        String token = good(IssuerServer.RSA);
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<PersonCheck>> calls = IntStream.range(0, 200)
                    .<Callable<PersonCheck>>mapToObj(number -> () -> check(token))
                    .toList();
            List<String> messages = callers.invokeAll(calls).stream()
                    .map(Future::resultNow)
                    .map(answer -> ((PersonCheck.Unavailable) answer).message())
                    .toList();
            assertThat(messages.stream().filter(message -> message.contains("did not answer within 2000 ms")))
                    .hasSize(64);
            assertThat(messages.stream().filter(message -> message.contains("too many wait")))
                    .hasSize(136);
        }
        assertThat(issuer.discoveries).hasValue(1);
        closedGate.countDown();
        clock.advance(IssuerKeys.BETWEEN_FETCHES);
        assertAccepted(token);
    }

    @Test
    void issuersThatCannotBeTrustedAreRefusedWithTheReason() {
        Optional<String> none = Optional.empty();
        assertUnusable("http://login.example.com", "app", none, "must be an https URL");
        assertUnusable("http://127.0.0.1.example.com", "app", none, "must be an https URL");
        assertUnusable("ftp://login.example.com", "app", none, "must be an https URL");
        assertUnusable("https://login.example.com/?tenant=1", "app", none, "no user, query or fragment");
        assertUnusable("https://me@login.example.com", "app", none, "no user, query or fragment");
        assertUnusable("https://log in", "app", none, "issuer is no URL");
        assertUnusable("login.example.com", "", none, "audience must not be empty");
        assertUnusable("login.example.com", "app", Optional.of("http://127.0.0.1/jwks"), "for an issuer there");
        assertUnusable("login.example.com", "app", Optional.of("data:application/json,%7B%7D"), "is no JWK set");
        assertUnusable("login.example.com", "app", Optional.of(dataUrl("{\"keys\":[]}")), "none of its keys");
        assertUnusable("login.example.com", "app", Optional.of("data:;base64,###"), "jwks is ");
    }

    private static void assertUnusable(String issuer, String audience, Optional<String> jwks, String message) {
        assertThatThrownBy(() -> TrustedIssuer.of(issuer, audience, jwks))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
