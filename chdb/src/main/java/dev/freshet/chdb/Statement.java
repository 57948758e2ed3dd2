package dev.freshet.chdb;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One statement and how to run it. Values travel only as bound parameters, named in the text as {@code {name:Type}}.
 *
 * @param sql the text; of an insert, without FORMAT clause and data, such as {@code INSERT INTO t (a, b)}
 * @param format of the result, or of an insert's data, by ClickHouse's name of it
 * @param database the current database for unqualified names; absent: {@code default}
 * @param parameters by name, each in the engine's escaped text form of its type; see the methods named bind
 * @param settings by ClickHouse's names; they hold for this statement only
 * @param timeout after which the statement is cancelled and fails with TIMEOUT_EXCEEDED
 * @param cancellation lets another thread cancel the statement
 * @param isReadOnly has the engine itself refuse writes, changes of settings in the text, and table functions that reach
 *     outside of it; see {@link #asReadOnly}
 */
public record Statement(
        String sql,
        String format,
        Optional<String> database,
        Map<String, String> parameters,
        Map<String, String> settings,
        Duration timeout,
        Optional<Cancellation> cancellation,
        boolean isReadOnly) {
    private static final Pattern SETTING_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

    public Statement {
        parameters = Map.copyOf(parameters);
        settings = Map.copyOf(settings);
        settings.keySet().forEach(Statement::checkSettingName);
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be positive, not " + timeout);
        }
    }

    /** A statement whose result, if it has one, comes as tab-separated text. */
    public static Statement of(String sql) {
        return new Statement(
                sql, "TabSeparated", Optional.empty(), Map.of(), Map.of(), DEFAULT_TIMEOUT, Optional.empty(), false);
    }

    public Statement withFormat(String name) {
        return new Statement(sql, name, database, parameters, settings, timeout, cancellation, isReadOnly);
    }

    public Statement withDatabase(String name) {
        return new Statement(sql, format, Optional.of(name), parameters, settings, timeout, cancellation, isReadOnly);
    }

    /**
     * Binds a value to a scalar placeholder, such as {@code {name:String}} or {@code {day:Date}}; any characters. A
     * placeholder of type {@code Identifier} takes its name unescaped, through {@link #bindRaw}.
     */
    public Statement bind(String name, String value) {
        return bindRaw(name, ParameterText.scalar(value));
    }

    /** Binds a list to a placeholder of type {@code Array(String)}. */
    public Statement bind(String name, List<String> values) {
        return bindRaw(name, ParameterText.array(values));
    }

    /** Binds a value that is in the engine's own escaped text form already, as a ClickHouse HTTP client sends it. */
    public Statement bindRaw(String name, String text) {
        return new Statement(
                sql, format, database, with(parameters, name, text), settings, timeout, cancellation, isReadOnly);
    }

    public Statement bind(String name, long value) {
        return bindRaw(name, Long.toString(value));
    }

    public Statement bind(String name, double value) {
        return bindRaw(name, ParameterText.number(value));
    }

    /** Binds to a placeholder of type {@code Bool}. */
    public Statement bind(String name, boolean value) {
        return bindRaw(name, Boolean.toString(value));
    }

    /** Binds NULL to a placeholder of a type such as {@code Nullable(String)}. */
    public Statement bindNull(String name) {
        return bindRaw(name, "\\N");
    }

    /** Binds numbers to a placeholder such as {@code Array(UInt64)}. */
    public Statement bindNumbers(String name, List<? extends Number> values) {
        return bindRaw(name, ParameterText.numbers(values));
    }

    public Statement withSetting(String name, String value) {
        return new Statement(
                sql, format, database, parameters, with(settings, name, value), timeout, cancellation, isReadOnly);
    }

    public Statement withTimeout(Duration limit) {
        return new Statement(sql, format, database, parameters, settings, limit, cancellation, isReadOnly);
    }

    public Statement withCancellation(Cancellation handle) {
        return new Statement(sql, format, database, parameters, settings, timeout, Optional.of(handle), isReadOnly);
    }

    /**
     * The same under the engine's setting {@code readonly = 1}. That does not cover everything: {@code SELECT … INTO OUTFILE}
     * writes and the scalar function {@code file} reads any file, so {@link Chdb#classify} the text of strangers as well. Takes
     * a new session (some milliseconds) wherever the statement before had other settings.
     */
    public Statement asReadOnly() {
        return new Statement(sql, format, database, parameters, settings, timeout, cancellation, true);
    }

    static void checkSettingName(String name) {
        if (name.equals("readonly")) {
            throw new IllegalArgumentException("`readonly` is set by asReadOnly()");
        }
        if (name.equals(Chdb.MARK_SETTING)) {
            throw new IllegalArgumentException("`" + name + "` is how this library finds a statement to cancel it");
        }
        if (!SETTING_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("`" + name + "` cannot be the name of a setting");
        }
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> wider = new LinkedHashMap<>(map);
        wider.put(name, value);
        return wider;
    }
}
