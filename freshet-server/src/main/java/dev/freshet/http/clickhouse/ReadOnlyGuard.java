package dev.freshet.http.clickhouse;

import dev.freshet.chdb.Chdb;
import dev.freshet.chdb.ChdbException;
import dev.freshet.chdb.Statement;
import dev.freshet.chdb.StatementClass;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets only statements through that read, and only from the engine's own tables. What passes runs under the engine's own
 * {@code readonly = 1}, which refuses writes, settings in the text and most functions that reach outside; this class
 * refuses what that does not cover: {@code INTO OUTFILE}, several statements, and functions that reach files, other servers or
 * programs, wherever they are named.
 *
 * <p>The engine's own parser writes the text out again in its one canonical form, without comments, escapes in names or
 * heredocs, and names are looked for in that. Table functions that take text which the engine parses as expressions later
 * (column lists with defaults, whole queries) are refused too, since nothing can be seen in such a text from here.
 */
final class ReadOnlyGuard {
    private static final Pattern FUNCTION = Pattern.compile("(\\w+)\\s*\\(");

    /** {@code SELECT * APPLY f}: a function's name without parentheses. */
    private static final Pattern APPLIED = Pattern.compile("\\bAPPLY[\\s(]*(\\w+)", Pattern.CASE_INSENSITIVE);

    private static final Pattern OUTFILE = Pattern.compile("\\bINTO\\s+OUTFILE\\b", Pattern.CASE_INSENSITIVE);

    /** Table functions that stay inside the engine and take no text that it would parse. */
    private static final Set<String> INNER_TABLE_FUNCTIONS = Set.of(
            "numbers",
            "numbers_mt",
            "zeros",
            "zeros_mt",
            "primes",
            "generateseries",
            "generate_series",
            "view",
            "viewifpermitted",
            "merge",
            "dictionary",
            "mergetreeindex",
            "mergetreeprojection");

    /** Ordinary functions that read files, or ask other machines. */
    private static final Set<String> OUTER_FUNCTIONS = Set.of(
            "file",
            "catboostevaluate",
            "filesystemavailable",
            "filesystemcapacity",
            "filesystemunreserved",
            "reversednsquery",
            "getclienthttpheader",
            "showcertificate",
            "aiclassify",
            "aigenerate",
            "aiembed",
            "aiextract",
            "aitranslate");

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
                // Is an ordinary function too; the table function is refused by the engine under readonly.
                .filter(name -> !name.equals("format"))
                .forEach(refused::add);
    }

    /**
     * @return why the statement is refused
     * @throws ChdbException the engine's, when the text does not parse
     */
    Optional<ClickHouseFailure> refusal(Statement statement) {
        StatementClass kind = engine.classify(statement.sql());
        if (kind != StatementClass.READ_ONLY && kind != StatementClass.UNKNOWN) {
            return Optional.of(ClickHouseFailure.readOnly("statements that change something are refused."));
        }
        // Parses one statement only, as a bound value: nothing of it runs here. In the session that the statement will
        // have.
        Statement parse = new Statement(
                        "SELECT formatQuerySingleLine({sql:String})",
                        "TSVRaw",
                        statement.database(),
                        Map.of(),
                        statement.settings(),
                        statement.timeout(),
                        Optional.empty(),
                        statement.isReadOnly())
                .bind("sql", statement.sql());
        String canonical = engine.query(parse).text();
        if (kind == StatementClass.UNKNOWN) {
            return Optional.of(ClickHouseFailure.readOnly("what this statement does could not be made out."));
        }
        String code = unquoted(canonical);
        if (OUTFILE.matcher(code).find()) {
            return Optional.of(ClickHouseFailure.readOnly("files are not written."));
        }
        return refusedIn(FUNCTION.matcher(code)).or(() -> refusedIn(APPLIED.matcher(code)));
    }

    private Optional<ClickHouseFailure> refusedIn(Matcher names) {
        while (names.find()) {
            if (refused.contains(names.group(1).toLowerCase(Locale.ROOT))) {
                return Optional.of(ClickHouseFailure.readOnly(
                        "the function `" + names.group(1) + "` reaches, or could reach, outside of the engine."));
            }
        }
        return Optional.empty();
    }

    /** The text with its literals emptied and its quoted names bare. */
    private static String unquoted(String sql) {
        StringBuilder code = new StringBuilder(sql.length());
        int at = 0;
        while (at < sql.length()) {
            char quote = sql.charAt(at++);
            if (quote != '\'' && quote != '`' && quote != '"') {
                code.append(quote);
                continue;
            }
            int from = at;
            while (at < sql.length() && sql.charAt(at) != quote) {
                at += sql.charAt(at) == '\\' ? 2 : 1;
            }
            if (quote == '\'') {
                code.append("''");
            } else {
                code.append(sql, from, Math.min(at, sql.length()));
            }
            at++;
        }
        return code.toString();
    }
}
