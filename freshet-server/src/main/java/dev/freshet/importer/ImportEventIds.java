package dev.freshet.importer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * The event ids of one file: version 5 of RFC 9562 over {@code SHA256:LINE:PASS}, so that a line has the same id at
 * every import, and equal lines of a file have different ones. Pass 1 is the import, 2 and up are replays. Immutable.
 */
public final class ImportEventIds {
    /** The pass of an import. */
    public static final long IMPORT_PASS = 1;

    /** RFC 9562, section 6.6: names that are URLs. */
    private static final UUID URL_NAMESPACE = UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    private static final UUID IMPORT_NAMESPACE = nameBased(URL_NAMESPACE, "https://freshet.dev/import");

    private final String fileSha256;

    public ImportEventIds(ImportFile file) {
        this.fileSha256 = file.sha256();
    }

    public UUID of(long lineNumber, long pass) {
        return nameBased(IMPORT_NAMESPACE, fileSha256 + ":" + lineNumber + ":" + pass);
    }

    /** A version 5 UUID of the name's UTF-8 bytes. */
    static UUID nameBased(UUID namespace, String name) {
        MessageDigest sha1 = ImportFile.digest("SHA-1");
        sha1.update(ByteBuffer.allocate(16)
                .putLong(namespace.getMostSignificantBits())
                .putLong(namespace.getLeastSignificantBits())
                .flip());
        ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
        long high = (hash.getLong() & ~0xF000L) | 0x5000L;
        long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
