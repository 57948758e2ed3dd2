package dev.freshet.reactive;

import dev.freshet.functions.api.ConvexError;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.runtime.Randomness;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns places in an index into text for clients and back. A place is an index key, which holds fields that a function
 * may not want to show, so it is encrypted, and bound to the query that it was made for. Equal places give equal text,
 * since otherwise no result with a cursor would ever be unchanged: the nonce is made of what is encrypted. Thread-safe.
 */
public final class PageCursors {
    private static final Logger LOG = LoggerFactory.getLogger(PageCursors.class);
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final byte END = 0;
    private static final byte BEHIND = 1;

    private final SecretKeySpec encryption;
    private final SecretKeySpec nonces;

    private PageCursors(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("the key of cursors has " + KEY_BYTES + " bytes, not " + key.length);
        }
        this.encryption = new SecretKeySpec(derive(key, (byte) 1), "AES");
        this.nonces = new SecretKeySpec(derive(key, (byte) 2), "HmacSHA256");
    }

    /** Cursors that are good until the process ends. */
    public static PageCursors random(Randomness randomness) {
        return new PageCursors(randomness.bytes(KEY_BYTES));
    }

    /**
     * Cursors that are good as long as this file is there; it is made if it is missing, readable by its owner only.
     *
     * @throws java.io.UncheckedIOException when it cannot be read or made
     */
    public static PageCursors withKeyIn(Path file, Randomness randomness) {
        return new PageCursors(CursorKeyFile.readOrMake(file, KEY_BYTES, randomness));
    }

    String encode(byte[] query, PagePosition position) {
        byte[] plain = switch (position) {
            case PagePosition.End() -> new byte[] {END};
            case PagePosition.Behind(IndexKey key) -> {
                byte[] bytes = key.toBytes();
                byte[] tagged = new byte[bytes.length + 1];
                tagged[0] = BEHIND;
                System.arraycopy(bytes, 0, tagged, 1, bytes.length);
                yield tagged;
            }
        };
        try {
            byte[] nonce = nonceOf(query, plain);
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, query).doFinal(plain);
            byte[] cursor = Arrays.copyOf(nonce, nonce.length + sealed.length);
            System.arraycopy(sealed, 0, cursor, nonce.length, sealed.length);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has AES-GCM and HMAC-SHA-256", impossible);
        }
    }

    /**
     * Reads a cursor.
     *
     * @throws ConvexError when it is none, or one of another query or another key
     */
    PagePosition decode(byte[] query, String text) {
        return find(query, text).orElseThrow(PageCursors::invalidCursor);
    }

    /** Reads a cursor; empty where {@link #decode} throws. */
    Optional<PagePosition> find(byte[] query, String text) {
        try {
            byte[] cursor = Base64.getUrlDecoder().decode(text);
            if (cursor.length <= NONCE_BYTES) {
                return Optional.empty();
            }
            byte[] nonce = Arrays.copyOf(cursor, NONCE_BYTES);
            byte[] sealed = Arrays.copyOfRange(cursor, NONCE_BYTES, cursor.length);
            byte[] plain = cipher(Cipher.DECRYPT_MODE, nonce, query).doFinal(sealed);
            if (plain.length > 1 && plain[0] == BEHIND) {
                return Optional.of(new PagePosition.Behind(new IndexKey(Arrays.copyOfRange(plain, 1, plain.length))));
            }
            return plain.length == 1 && plain[0] == END ? Optional.of(new PagePosition.End()) : Optional.empty();
        } catch (IllegalArgumentException | GeneralSecurityException foreign) {
            LOG.debug("a cursor is none, or one of another query or key", foreign);
            return Optional.empty();
        }
    }

    /** Clients' hooks recognise it and begin anew with the first page. */
    private static ConvexError invalidCursor() {
        return new ConvexError(ConvexObject.builder()
                .put("code", "invalid_argument")
                .put("message", "InvalidCursor: this cursor belongs to another query; begin again without one.")
                .put("isConvexSystemError", true)
                .put("paginationError", "InvalidCursor")
                .build());
    }

    private byte[] nonceOf(byte[] query, byte[] plain) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(nonces);
        mac.update(query);
        return Arrays.copyOf(mac.doFinal(plain), NONCE_BYTES);
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] query) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, encryption, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(query);
        return cipher;
    }

    private static byte[] derive(byte[] key, byte purpose) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(new byte[] {purpose});
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", impossible);
        }
    }
}
