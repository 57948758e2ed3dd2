package dev.freshet.http.clickhouse;

import dev.freshet.chdb.ChdbException;

/**
 * A refusal as ClickHouse's HTTP interface says it: a status, the error code in a header, and one line of text.
 *
 * @param code ClickHouse's own error code
 */
record ClickHouseFailure(int status, int code, String text) {
    private static final int READONLY = 164;
    private static final int LOGICAL_ERROR = 49;
    private static final int AUTHENTICATION_FAILED = 516;
    private static final int BAD_ARGUMENTS = 36;
    private static final int TOO_LARGE_STRING_SIZE = 131;

    static ClickHouseFailure authentication() {
        return of(
                403,
                AUTHENTICATION_FAILED,
                "AUTHENTICATION_FAILED",
                "default: Authentication failed: the user is `default` and the password is Freshet's admin key.");
    }

    static ClickHouseFailure readOnly(String what) {
        return of(403, READONLY, "READONLY", "This interface is read-only: " + what);
    }

    static ClickHouseFailure badRequest(String what) {
        return of(400, BAD_ARGUMENTS, "BAD_ARGUMENTS", what);
    }

    static ClickHouseFailure bodyTooLarge(long limitBytes) {
        return of(
                413,
                TOO_LARGE_STRING_SIZE,
                "TOO_LARGE_STRING_SIZE",
                "the body is larger than " + limitBytes + " bytes");
    }

    static ClickHouseFailure unexpected() {
        return of(500, LOGICAL_ERROR, "LOGICAL_ERROR", "The request failed inside Freshet; its log says how.");
    }

    static ClickHouseFailure ofEngine(ChdbException failure) {
        int status = switch (failure.codeName()) {
            case "UNKNOWN_TABLE",
                    "UNKNOWN_DATABASE",
                    "UNKNOWN_FUNCTION",
                    "UNKNOWN_IDENTIFIER",
                    "UNKNOWN_TYPE",
                    "UNKNOWN_STORAGE",
                    "UNKNOWN_SETTING" -> 404;
            case "SYNTAX_ERROR",
                    "BAD_ARGUMENTS",
                    "TYPE_MISMATCH",
                    "CANNOT_PARSE_TEXT",
                    "CANNOT_PARSE_NUMBER",
                    "BAD_QUERY_PARAMETER",
                    "UNKNOWN_QUERY_PARAMETER",
                    "ILLEGAL_TYPE_OF_ARGUMENT" -> 400;
            case "READONLY", "ACCESS_DENIED" -> 403;
            case "TIMEOUT_EXCEEDED" -> 408;
            case ChdbException.NO_FREE_CONNECTION, ChdbException.ENGINE_CLOSED -> 503;
            default -> 500;
        };
        String text = failure.getMessage() == null ? failure.codeName() : failure.getMessage();
        return text.startsWith("Code: ")
                ? new ClickHouseFailure(status, failure.code(), text)
                : of(status, failure.code(), failure.codeName(), text);
    }

    private static ClickHouseFailure of(int status, int code, String name, String what) {
        return new ClickHouseFailure(status, code, "Code: %d. DB::Exception: %s (%s)".formatted(code, what, name));
    }
}
