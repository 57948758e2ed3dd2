package dev.freshet.ingest;

import java.util.Locale;
import java.util.Optional;

/** The {@code Content-Encoding} of a request's body. */
public enum BodyEncoding {
    IDENTITY,
    GZIP,
    ZSTD;

    /** Empty for an encoding that is not supported (415). */
    public static Optional<BodyEncoding> ofHeader(String contentEncoding) {
        return switch (contentEncoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> Optional.of(IDENTITY);
            case "gzip", "x-gzip" -> Optional.of(GZIP);
            case "zstd" -> Optional.of(ZSTD);
            default -> Optional.empty();
        };
    }
}
