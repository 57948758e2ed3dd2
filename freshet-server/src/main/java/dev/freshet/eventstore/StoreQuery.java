package dev.freshet.eventstore;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A statement for ClickHouse. Values travel only as bound parameters, named in the text as {@code {name:Type}}.
 *
 * @param parameters by name, each in ClickHouse's escaped text form of its type
 * @param settings by ClickHouse's own names
 * @param timeout after which the statement is cancelled and fails
 * @param isOutsideDatabase the statement runs without the store's database as the current one, which may not be there yet
 */
public record StoreQuery(
        String sql,
        Map<String, String> parameters,
        Map<String, String> settings,
        Duration timeout,
        boolean isOutsideDatabase) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    public StoreQuery {
        parameters = Map.copyOf(parameters);
        settings = Map.copyOf(settings);
    }

    public StoreQuery(String sql, Map<String, String> parameters, Map<String, String> settings, Duration timeout) {
        this(sql, parameters, settings, timeout, false);
    }

    public static StoreQuery of(String sql) {
        return new StoreQuery(sql, Map.of(), Map.of(), DEFAULT_TIMEOUT, false);
    }

    /** Binds a value that is in ClickHouse's escaped text form of its type already. */
    public StoreQuery bind(String name, String value) {
        return new StoreQuery(sql, with(parameters, name, value), settings, timeout, isOutsideDatabase);
    }

    public StoreQuery bind(String name, long value) {
        return bind(name, Long.toString(value));
    }

    /** Binds any text to a placeholder of type String. */
    public StoreQuery bindText(String name, String value) {
        StringBuilder escaped = new StringBuilder(value.length() + 8);
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            switch (character) {
                case '\\' -> escaped.append("\\\\");
                case '\t' -> escaped.append("\\t");
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\0' -> escaped.append("\\0");
                default -> escaped.append(character);
            }
        }
        return bind(name, escaped.toString());
    }

    public StoreQuery withSetting(String name, String value) {
        return new StoreQuery(sql, parameters, with(settings, name, value), timeout, isOutsideDatabase);
    }

    public StoreQuery withTimeout(Duration limit) {
        return new StoreQuery(sql, parameters, settings, limit, isOutsideDatabase);
    }

    StoreQuery outsideDatabase() {
        return new StoreQuery(sql, parameters, settings, timeout, true);
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> wider = new LinkedHashMap<>(map);
        wider.put(name, value);
        return wider;
    }
}
