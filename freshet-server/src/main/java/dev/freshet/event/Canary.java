package dev.freshet.event;

/**
 * A row that a server sends itself through the log into ClickHouse, to see that the way is open.
 *
 * @param instance the process that sent it
 */
public record Canary(String instance, long sentAtMs) {
    /** Whose they are: no team has such an id. */
    public static final String TEAM = "_canary";

    /** As a row of a request. */
    public void addTo(EventRowsBuilder rows) {
        rows.row(sentAtMs, 0, 0, RowKind.CANARY)
                .text(TEAM)
                .text(instance)
                .text("")
                .text("")
                .text("{}");
    }
}
