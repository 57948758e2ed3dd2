package dev.freshet.dialect;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What the dialects count since the start. Thread-safe. */
public final class DialectMetrics {
    private final Map<Dialect, LongAdder> messages = adders();
    private final Map<Dialect, LongAdder> dropped = adders();

    private static Map<Dialect, LongAdder> adders() {
        Map<Dialect, LongAdder> adders = new EnumMap<>(Dialect.class);
        for (Dialect dialect : Dialect.values()) {
            adders.put(dialect, new LongAdder());
        }
        return Collections.unmodifiableMap(adders);
    }

    void countMessages(Dialect dialect, int count) {
        Objects.requireNonNull(messages.get(dialect)).add(count);
    }

    void countDropped(Dialect dialect, int count) {
        Objects.requireNonNull(dropped.get(dialect)).add(count);
    }

    /** Messages of requests that were taken; repeats and refused messages are among them. */
    public long messages(Dialect dialect) {
        return Objects.requireNonNull(messages.get(dialect)).sum();
    }

    /** Messages that the mapping makes nothing of, such as PostHog's {@code $web_vitals}. */
    public long dropped(Dialect dialect) {
        return Objects.requireNonNull(dropped.get(dialect)).sum();
    }
}
