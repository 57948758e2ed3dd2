package dev.freshet.chdb;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement failed, or the engine could not be opened. {@link #code} and {@link #codeName} are ClickHouse's own error
 * code and name, such as 60 and {@code UNKNOWN_TABLE}; failures that ClickHouse has no code for carry 0 and one of the
 * names below.
 */
public final class ChdbException extends RuntimeException {
    /** The native library is missing or cannot be loaded. */
    public static final String LIBRARY_UNUSABLE = "LIBRARY_UNUSABLE";

    /** The engine could not be started on the data folder. */
    public static final String ENGINE_NOT_OPENED = "ENGINE_NOT_OPENED";

    /** The engine was closed before or during the call. */
    public static final String ENGINE_CLOSED = "ENGINE_CLOSED";

    /** No connection became free in time. */
    public static final String NO_FREE_CONNECTION = "NO_FREE_CONNECTION";

    /** A native call did not return after its statement was cancelled; its connection is out of use until it does. */
    public static final String ENGINE_UNRESPONSIVE = "ENGINE_UNRESPONSIVE";

    /** The source of an insert failed; the cause says how. */
    public static final String INSERT_SOURCE_FAILED = "INSERT_SOURCE_FAILED";

    /** The engine reported a failure without a code. */
    public static final String UNKNOWN = "UNKNOWN";

    /** ClickHouse's code of a statement that was cancelled. */
    public static final int QUERY_WAS_CANCELLED = 394;

    /** ClickHouse's code of a statement that passed its time limit. */
    public static final int TIMEOUT_EXCEEDED = 159;

    private static final Pattern CODE = Pattern.compile("^Code: (\\d+)\\.");
    private static final Pattern NAME = Pattern.compile("\\(([A-Z][A-Z0-9_]+)\\)");

    private final int code;
    private final String codeName;

    ChdbException(int code, String codeName, String message) {
        super(message);
        this.code = code;
        this.codeName = codeName;
    }

    ChdbException(String codeName, String message) {
        this(0, codeName, message);
    }

    ChdbException(String codeName, String message, Throwable cause) {
        super(message, cause);
        this.code = 0;
        this.codeName = codeName;
    }

    /** Reads code and name out of the engine's own text, {@code Code: 60. DB::Exception: … (UNKNOWN_TABLE)}. */
    static ChdbException ofEngine(String text) {
        Matcher code = CODE.matcher(text);
        if (!code.find()) {
            return new ChdbException(UNKNOWN, text);
        }
        // The name is the last parenthesis of capitals: earlier ones may be part of the statement.
        String name = UNKNOWN;
        Matcher names = NAME.matcher(text);
        while (names.find()) {
            name = names.group(1);
        }
        return new ChdbException(Integer.parseInt(code.group(1)), name, text);
    }

    public int code() {
        return code;
    }

    public String codeName() {
        return codeName;
    }
}
