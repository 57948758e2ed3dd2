package dev.freshet.metric;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A metric cannot be answered as asked. The message is one sentence for a person and names the field where one is at fault. */
public final class MetricException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final MetricErrorCode code;
    private final @Nullable String field;

    public MetricException(MetricErrorCode code, String message) {
        super(message);
        this.code = code;
        this.field = null;
    }

    public MetricException(MetricErrorCode code, String message, String field) {
        super(message);
        this.code = code;
        this.field = field;
    }

    static MetricException invalid(String field, String rule) {
        return new MetricException(MetricErrorCode.INVALID_ARGUMENT, field + " " + rule, field);
    }

    static MetricException limit(String field, String rule) {
        return new MetricException(MetricErrorCode.LIMIT_EXCEEDED, field + " " + rule, field);
    }

    public MetricErrorCode code() {
        return code;
    }

    /** The field at fault, as a path such as {@code metric.match.eventType}. */
    public Optional<String> field() {
        return Optional.ofNullable(field);
    }
}
