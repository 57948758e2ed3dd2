package dev.freshet.aggregate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.metric.MetricRequest;
import java.util.Map;
import java.util.Objects;

/** What is computed once for all who watch it: a team's answer to a request. */
public record LiveMetricKey(String teamId, MetricRequest request) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};
    private static final char SEPARATOR = '\n';

    public LiveMetricKey {
        Objects.requireNonNull(teamId, "teamId");
        Objects.requireNonNull(request, "request");
        if (teamId.isEmpty() || teamId.indexOf(SEPARATOR) >= 0) {
            throw new IllegalArgumentException("no team has the id '" + teamId + "'");
        }
    }

    /** One text for all equal keys; {@link #ofText} reads it back. */
    public String text() {
        return teamId + SEPARATOR + request.canonicalText();
    }

    /** @throws IllegalArgumentException when the text was not made by {@link #text} */
    public static LiveMetricKey ofText(String text) {
        int separator = text.indexOf(SEPARATOR);
        if (separator < 0) {
            throw new IllegalArgumentException("no key of a live metric: " + text);
        }
        try {
            Map<String, Object> request = JSON.readValue(text.substring(separator + 1), FIELDS);
            return new LiveMetricKey(text.substring(0, separator), MetricRequest.parse(request));
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("no key of a live metric: " + text, malformed);
        }
    }
}
