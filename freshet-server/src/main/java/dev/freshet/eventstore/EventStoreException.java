package dev.freshet.eventstore;

/**
 * ClickHouse refused a statement or could not be reached. {@link #code} and {@link #codeName} are ClickHouse's own error
 * code and name, or 0 and a name of ours where the engine gave none.
 */
public final class EventStoreException extends RuntimeException {
    private final int code;
    private final String codeName;

    public EventStoreException(int code, String codeName, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.codeName = codeName;
    }

    public int code() {
        return code;
    }

    public String codeName() {
        return codeName;
    }
}
