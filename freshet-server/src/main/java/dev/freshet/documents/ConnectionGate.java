package dev.freshet.documents;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/**
 * Lets in only this process's own driver. The embedded server listens on loopback, which every user of the machine can
 * reach, and the library has no authentication; so the driver carries a token, made anew for each process, as its
 * application name, and a connection that did not present it in its handshake is refused every command.
 *
 * <p>Thread-safe: the mark lives on the channel, whose event loop is its only reader and writer.
 */
final class ConnectionGate {
    private static final AttributeKey<Boolean> ADMITTED = AttributeKey.valueOf(ConnectionGate.class, "admitted");
    private static final Set<String> HANDSHAKES = Set.of("ismaster", "hello");
    private static final int UNAUTHORIZED = 13;
    private static final int TOKEN_BYTES = 32;

    private final String token;

    ConnectionGate(SecureRandom random) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** A secret of this process: give it to the driver and to nobody else, logs included. */
    String token() {
        return token;
    }

    /** Marks the channel if this is a handshake with the token; passes handshakes, and refuses the rest of a stranger. */
    void check(Channel channel, String command, Document request) {
        if (HANDSHAKES.contains(command.toLowerCase(Locale.ROOT))) {
            if (isToken(applicationName(request))) {
                channel.attr(ADMITTED).set(Boolean.TRUE);
            }
            return;
        }
        require(channel);
    }

    void require(Channel channel) {
        if (!Boolean.TRUE.equals(channel.attr(ADMITTED).get())) {
            throw new MongoServerError(
                    UNAUTHORIZED, "Unauthorized", "this embedded server serves only the process that started it");
        }
    }

    private static String applicationName(Document request) {
        return request.get("client") instanceof Document client
                        && client.get("application") instanceof Document application
                        && application.get("name") instanceof String name
                ? name
                : "";
    }

    private boolean isToken(String presented) {
        return MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8), presented.getBytes(StandardCharsets.UTF_8));
    }
}
