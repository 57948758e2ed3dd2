package dev.freshet.http.clickhouse;

import dev.freshet.chdb.Chdb;
import dev.freshet.chdb.ChdbException;
import dev.freshet.chdb.Statement;
import dev.freshet.chdb.StatementClass;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets only statements through that read, and only from the engine's own tables. The engine's own parser decides what a
 * statement does; functions that reach files, other servers or programs are found in its syntax tree.
 */
final class ReadOnlyGuard {
    private static final Pattern FUNCTION = Pattern.compile("\\bFunction (\\w+)");

    /** Table functions that stay inside the engine. */
    private static final Set<String> INNER_TABLE_FUNCTIONS = Set.of(
            "numbers",
            "numbers_mt",
            "zeros",
            "zeros_mt",
            "primes",
            "generaterandom",
            "generateseries",
            "generate_series",
            "values",
            "view",
            "viewifpermitted",
            "viewexplain",
            "null",
            "merge",
            "format",
            "loop",
            "dictionary",
            "fuzzquery",
            "fuzzjson",
            "timeseriesdata",
            "mergetreeindex",
            "mergetreeprojection");

    /** Ordinary functions that read files. */
    private static final Set<String> OUTER_FUNCTIONS = Set.of("file", "catboostevaluate", "filesystemavailable");

    private final Chdb engine;
    private final Set<String> refused;

    ReadOnlyGuard(Chdb engine) {
        this.engine = engine;
        refused = new HashSet<>(OUTER_FUNCTIONS);
        engine.query(Statement.of("SELECT name FROM system.table_functions"))
                .text()
                .lines()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !INNER_TABLE_FUNCTIONS.contains(name))
                .forEach(refused::add);
    }

    /** @return why the statement is refused */
    Optional<ClickHouseFailure> refusal(String sql) {
        StatementClass kind = engine.classify(sql);
        if (kind == StatementClass.UNKNOWN) {
            return Optional.empty(); // does not parse: the engine itself says so best
        }
        if (kind != StatementClass.READ_ONLY) {
            return Optional.of(ClickHouseFailure.readOnly("statements that change something are refused."));
        }
        if (!mayNameFunction(sql)) {
            return Optional.empty();
        }
        Matcher functions;
        try {
            functions = FUNCTION.matcher(syntaxTree(sql));
        } catch (ChdbException e) {
            return Optional.of(ClickHouseFailure.readOnly("what this statement reads could not be made out."));
        }
        while (functions.find()) {
            String name = functions.group(1).toLowerCase(Locale.ROOT);
            if (refused.contains(name)) {
                return Optional.of(ClickHouseFailure.readOnly(
                        "the function `" + functions.group(1) + "` reaches outside of the engine."));
            }
        }
        return Optional.empty();
    }

    /** A text that contains none of the names needs no syntax tree. */
    private boolean mayNameFunction(String sql) {
        String lower = sql.toLowerCase(Locale.ROOT);
        return refused.stream().anyMatch(lower::contains);
    }

    private String syntaxTree(String sql) {
        String trimmed = sql.strip();
        String one = trimmed.endsWith(";") ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
        return engine.query(Statement.of("EXPLAIN AST " + one)).text();
    }
}
