package dev.freshet.eventstore;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A statement for ClickHouse. Values travel only as bound parameters, named in the text as {@code {name:Type}}.
 *
 * @param parameters by name, each in ClickHouse's text form of its type
 * @param settings by ClickHouse's own names
 * @param timeout after which the statement is cancelled and fails
 */
public record StoreQuery(String sql, Map<String, String> parameters, Map<String, String> settings, Duration timeout) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    public StoreQuery {
        parameters = Map.copyOf(parameters);
        settings = Map.copyOf(settings);
    }

    public static StoreQuery of(String sql) {
        return new StoreQuery(sql, Map.of(), Map.of(), DEFAULT_TIMEOUT);
    }

    public StoreQuery bind(String name, String value) {
        return new StoreQuery(sql, with(parameters, name, value), settings, timeout);
    }

    public StoreQuery bind(String name, long value) {
        return bind(name, Long.toString(value));
    }

    public StoreQuery withSetting(String name, String value) {
        return new StoreQuery(sql, parameters, with(settings, name, value), timeout);
    }

    public StoreQuery withTimeout(Duration limit) {
        return new StoreQuery(sql, parameters, settings, limit);
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> wider = new LinkedHashMap<>(map);
        wider.put(name, value);
        return wider;
    }
}
