package dev.freshet.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Somebody else's sign-in service, over real HTTP on loopback: discovery, keys, and for whoever asks a token
 * ({@code /token?subject=ada&audience=app&issuedAt=-60&expiresAt=3600}, the times in seconds from now).
 */
public final class IssuerServer implements AutoCloseable {
    public static final String AUDIENCE = "app";
    public static final String RSA = "rsa-1";
    static final String EC = "ec-1";
    static final String ED = "ed-1";
    private static final int X509_PREFIX_BYTES = 12;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, JWK> keys = new LinkedHashMap<>();
    private final PrivateKey edPrivate;
    private final AtomicInteger tokens = new AtomicInteger();
    final AtomicInteger keyFetches = new AtomicInteger();
    final AtomicInteger discoveries = new AtomicInteger();
    volatile int status = 200;
    /** What {@code /jwks} and the discovery document wait for. */
    volatile CountDownLatch gate = new CountDownLatch(0);

    volatile String discoveryIssuer;
    volatile String jwksUri;
    volatile byte[] padding = new byte[0];
    volatile String contentType = "application/json";

    public IssuerServer() {
        try {
            add(new RSAKeyGenerator(2048).keyID(RSA).generate());
            add(new ECKeyGenerator(Curve.P_256).keyID(EC).generate());
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            edPrivate = pair.getPrivate();
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] x = Arrays.copyOfRange(encoded, X509_PREFIX_BYTES, encoded.length);
            add(new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x))
                    .keyID(ED)
                    .build());
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        discoveryIssuer = url();
        jwksUri = url() + "/jwks";
        server.setExecutor(threads);
        server.createContext("/.well-known/openid-configuration", this::discovery);
        server.createContext("/jwks", this::jwks);
        server.createContext("/token", this::token);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void add(JWK key) {
        synchronized (keys) {
            keys.put(key.getKeyID(), key);
        }
    }

    void withdraw(String keyId) {
        synchronized (keys) {
            keys.remove(keyId);
        }
    }

    JWK key(String keyId) {
        synchronized (keys) {
            return Objects.requireNonNull(keys.get(keyId), keyId);
        }
    }

    String jwksJson() {
        synchronized (keys) {
            return new JWKSet(keys.values().stream().map(JWK::toPublicJWK).toList()).toString();
        }
    }

    /** A good token's claims. */
    JWTClaimsSet.Builder claims(Instant now) {
        return new JWTClaimsSet.Builder()
                .issuer(url())
                .subject("ada")
                .audience(AUDIENCE)
                .jwtID("token " + tokens.incrementAndGet())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(3600)));
    }

    String signed(String keyId, JWTClaimsSet claims) {
        return signed(key(keyId), claims);
    }

    String signed(JWK key, JWTClaimsSet claims) {
        JWSAlgorithm algorithm = switch (key) {
            case RSAKey rsa -> JWSAlgorithm.RS256;
            case ECKey curve -> JWSAlgorithm.ES256;
            default -> JWSAlgorithm.EdDSA;
        };
        JWSHeader header =
                new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build();
        SignedJWT jwt = new SignedJWT(header, claims);
        try {
            switch (key) {
                case RSAKey rsa -> jwt.sign(new RSASSASigner(rsa));
                case ECKey curve -> jwt.sign(new ECDSASigner(curve));
                default -> {
                    Signature signature = Signature.getInstance("Ed25519");
                    signature.initSign(edPrivate);
                    signature.update(jwt.getSigningInput());
                    return new String(jwt.getSigningInput(), StandardCharsets.US_ASCII) + "."
                            + Base64URL.encode(signature.sign());
                }
            }
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }

    private void discovery(HttpExchange exchange) throws IOException {
        discoveries.incrementAndGet();
        answer(exchange, "{\"issuer\":\"" + discoveryIssuer + "\",\"jwks_uri\":\"" + jwksUri + "\"}");
    }

    private void jwks(HttpExchange exchange) throws IOException {
        keyFetches.incrementAndGet();
        answer(exchange, jwksJson());
    }

    private void answer(HttpExchange exchange, String body) throws IOException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server is closed: the answer is of no interest
        }
        exchange.getResponseHeaders().set("Content-Type", contentType);
        if (status / 100 == 3) {
            exchange.getResponseHeaders().set("Location", url() + "/jwks");
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length + padding.length);
        try (var out = exchange.getResponseBody()) {
            out.write(padding);
            out.write(bytes);
        }
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> asked = new LinkedHashMap<>();
        for (String field : exchange.getRequestURI().getRawQuery().split("&")) {
            String[] parts = field.split("=", 2);
            asked.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        Instant now = Instant.now();
        String token = signed(
                RSA,
                claims(now)
                        .subject(asked.get("subject"))
                        .audience(asked.getOrDefault("audience", AUDIENCE))
                        .issueTime(Date.from(now.plusSeconds(Long.parseLong(asked.getOrDefault("issuedAt", "0")))))
                        .expirationTime(
                                Date.from(now.plusSeconds(Long.parseLong(asked.getOrDefault("expiresAt", "3600")))))
                        .claim("name", "Ada Lovelace")
                        .claim("email_verified", true)
                        .build());
        byte[] bytes = token.getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(200, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /** Nobody answers at the address from now on. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
