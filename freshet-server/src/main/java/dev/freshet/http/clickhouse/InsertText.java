package dev.freshet.http.clickhouse;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of an INSERT's and a query's text that the interface must know: where the format is named. */
record InsertText(String statement, String format) {
    private static final Pattern INSERT = Pattern.compile("^\\s*INSERT\\s", Pattern.CASE_INSENSITIVE);
    private static final Pattern LAST_FORMAT =
            Pattern.compile("\\bFORMAT\\s+(\\w+)\\s*;?\\s*$", Pattern.CASE_INSENSITIVE);
    private static final String DEFAULT_INSERT_FORMAT = "Values";

    static boolean isInsert(String sql) {
        return INSERT.matcher(sql).find();
    }

    /** Splits {@code INSERT INTO t (a) FORMAT F} into statement and format. */
    static InsertText split(String sql) {
        Matcher matcher = LAST_FORMAT.matcher(sql);
        return matcher.find()
                ? new InsertText(sql.substring(0, matcher.start()).strip(), matcher.group(1))
                : new InsertText(sql.strip(), DEFAULT_INSERT_FORMAT);
    }

    /** The format that a query's own text ends with. */
    static Optional<String> formatOf(String sql) {
        Matcher matcher = LAST_FORMAT.matcher(sql);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
