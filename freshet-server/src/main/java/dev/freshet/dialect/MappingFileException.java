package dev.freshet.dialect;

/** The mapping file cannot be used; the message names the entry and the mend. */
public final class MappingFileException extends RuntimeException {
    MappingFileException(String message) {
        super(message);
    }

    MappingFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
