package dev.freshet.importer;

import dev.freshet.event.NameBasedUuid;
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

    private static final UUID IMPORT_NAMESPACE = NameBasedUuid.of(URL_NAMESPACE, "https://freshet.dev/import");

    private final String fileSha256;

    public ImportEventIds(ImportFile file) {
        this.fileSha256 = file.sha256();
    }

    public UUID of(long lineNumber, long pass) {
        return NameBasedUuid.of(IMPORT_NAMESPACE, fileSha256 + ":" + lineNumber + ":" + pass);
    }
}
