package dev.freshet.metric;

/** The classes of failure a metric can have; the wire names are part of the external contract. */
public enum MetricErrorCode {
    INVALID_ARGUMENT("invalid_argument"),
    LIMIT_EXCEEDED("limit_exceeded"),
    UNAVAILABLE("unavailable");

    private final String wireName;

    MetricErrorCode(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
