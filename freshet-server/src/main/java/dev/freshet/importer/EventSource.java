package dev.freshet.importer;

import java.time.Duration;
import java.util.Optional;

/** The lines of one file, one after the other. Confined to one thread. */
public interface EventSource extends AutoCloseable {
    /** The next event or reject, in the order of the file; empty at its end. Blank lines are passed over. */
    Optional<SourceItem> next() throws ImportException;

    /** How much of the file has been read. */
    long bytesRead();

    /** How much there is to read. */
    long bytesInAll();

    @Override
    void close() throws ImportException;

    /**
     * Opens a file for a back-fill; an access log keeps its own times.
     *
     * @throws ImportException for a file that is not of this format
     */
    static EventSource open(ImportFile file, ImportFormat format) throws ImportException {
        return switch (format) {
            case COMBINED -> AccessLogSource.open(AccessLog.scan(file), Duration.ZERO);
            case NDJSON -> new NdjsonSource(file);
            case CSV -> new CsvSource(file);
            case PARQUET -> ParquetSource.open(file);
        };
    }
}
