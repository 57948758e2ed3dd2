package dev.freshet.importer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The formats of {@code --format}. */
public enum ImportFormat {
    /** A web server's access log; see {@link CombinedLogParser} and {@link AccessLogMapping}. */
    COMBINED,
    /** One native event a line. */
    NDJSON,
    CSV,
    PARQUET;

    /** As written after {@code --format}. */
    public String optionName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ImportFormat> ofOptionName(String optionName) {
        return Arrays.stream(values())
                .filter(format -> format.optionName().equals(optionName))
                .findFirst();
    }
}
