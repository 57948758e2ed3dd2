package dev.freshet.metric;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an answer was made, where that is less than exact and at once.
 *
 * @param approximate distinct counts are estimates within the stated error
 * @param delayed answered from ClickHouse at intervals, not by the live tier
 */
public record ResultQuality(boolean approximate, boolean delayed) {
    /** Exact, from the live tier. */
    public static final ResultQuality EXACT = new ResultQuality(false, false);

    /** Adds a field for each that is true. */
    void addTo(Map<String, @Nullable Object> plain) {
        if (approximate) {
            plain.put("approximate", true);
        }
        if (delayed) {
            plain.put("delayed", true);
        }
    }
}
