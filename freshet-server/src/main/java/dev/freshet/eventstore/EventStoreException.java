package dev.freshet.eventstore;

import org.jspecify.annotations.Nullable;

/**
 * ClickHouse refused a statement or could not be reached. {@link #code} and {@link #codeName} are ClickHouse's own error
 * code and name, or 0 and a name of ours where the engine gave none.
 */
public final class EventStoreException extends RuntimeException {
    /** The server cannot be reached, or the connection broke, so that nobody knows whether the statement ran. */
    public static final String UNREACHABLE = "UNREACHABLE";

    /** The data is of a newer version of this program, or was changed by hand. */
    public static final String SCHEMA_MISMATCH = "SCHEMA_MISMATCH";

    /** The event log, the journal of cuts and ClickHouse do not belong together. */
    public static final String JOURNAL_MISMATCH = "JOURNAL_MISMATCH";

    /** A batch is only partly inserted since ClickHouse is failing, so that no position describes what the tables hold. */
    public static final String INSERT_UNSETTLED = "INSERT_UNSETTLED";

    /** The disk of the embedded engine could not be synced. */
    public static final String SYNC_FAILED = "SYNC_FAILED";

    /** The URL or another option is wrong. */
    public static final String INVALID_OPTION = "INVALID_OPTION";

    private final int code;
    private final String codeName;

    public EventStoreException(int code, String codeName, @Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.codeName = codeName;
    }

    EventStoreException(String codeName, String message) {
        this(0, codeName, message, null);
    }

    public int code() {
        return code;
    }

    public String codeName() {
        return codeName;
    }

    /**
     * Whether ClickHouse refused the rows themselves, so that repeating the insert would be refused again. Everything else
     * (connection, memory, disk, too many parts, a missing table) can be mended from outside, and is worth repeating.
     */
    public boolean isRefusedContent() {
        return switch (code) {
            case 6 // CANNOT_PARSE_TEXT
                    ,
                    25 // CANNOT_PARSE_ESCAPE_SEQUENCE
                    ,
                    26 // CANNOT_PARSE_QUOTED_STRING
                    ,
                    27 // CANNOT_PARSE_INPUT_ASSERTION_FAILED
                    ,
                    33 // CANNOT_READ_ALL_DATA
                    ,
                    34 // TOO_LARGE_STRING_SIZE, in old versions
                    ,
                    53 // TYPE_MISMATCH
                    ,
                    69 // ARGUMENT_OUT_OF_BOUND
                    ,
                    70 // CANNOT_CONVERT_TYPE
                    ,
                    117 // INCORRECT_DATA
                    ,
                    128 // TOO_LARGE_ARRAY_SIZE
                    ,
                    131 // TOO_LARGE_STRING_SIZE
                    ,
                    321 // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
                    ,
                    349 // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
                    ,
                    376 // CANNOT_PARSE_UUID
                    ,
                    407 // DECIMAL_OVERFLOW
                    ,
                    469 // VIOLATED_CONSTRAINT
                    ,
                    691 // UNKNOWN_ELEMENT_OF_ENUM
            -> true;
            default -> false;
        };
    }
}
