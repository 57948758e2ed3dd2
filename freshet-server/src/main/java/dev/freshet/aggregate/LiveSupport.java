package dev.freshet.aggregate;

import dev.freshet.metric.Match;
import dev.freshet.metric.Metric;
import dev.freshet.metric.MetricErrorCode;
import dev.freshet.metric.MetricException;
import dev.freshet.metric.MetricRequest;

/** What the live tier can answer. Whatever it cannot is refused here, before anything is computed. */
public final class LiveSupport {
    /** The longest window of activeSessions: one counter a second. */
    static final long MOST_SESSION_SECONDS = 86_400;

    private LiveSupport() {}

    /** @throws MetricException for a request that the live tier does not answer */
    public static void require(MetricRequest request) {
        switch (request.metric()) {
            case Metric.Count _, Metric.UniqueUsers _, Metric.Ratio _, Metric.Breakdown _ -> {}
            case Metric.ActiveSessions(long windowSeconds, Match _) -> {
                if (windowSeconds > MOST_SESSION_SECONDS) {
                    throw new MetricException(
                            MetricErrorCode.LIMIT_EXCEEDED,
                            "metric.windowSeconds must be up to " + MOST_SESSION_SECONDS + " for a live metric",
                            "metric.windowSeconds");
                }
            }
            case Metric.Funnel _, Metric.Percentile _ ->
                throw unsupported(
                        "metric.kind",
                        "metric.kind " + request.metric().kind() + " is not answered live by this version");
        }
        if (!request.metric().propertyPaths().isEmpty()) {
            String path = request.metric().propertyPaths().iterator().next();
            throw unsupported(
                    "metric", "metric uses properties." + path + "; properties are not answered live by this version");
        }
    }

    private static MetricException unsupported(String field, String message) {
        return new MetricException(MetricErrorCode.INVALID_ARGUMENT, message, field);
    }
}
