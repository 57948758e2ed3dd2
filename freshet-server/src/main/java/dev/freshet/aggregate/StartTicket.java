package dev.freshet.aggregate;

/** One attempt to start a metric. Compared by identity: what comes back for an older attempt is not wanted any more. */
final class StartTicket {
    private final LiveMetricKey key;

    StartTicket(LiveMetricKey key) {
        this.key = key;
    }

    LiveMetricKey key() {
        return key;
    }
}
