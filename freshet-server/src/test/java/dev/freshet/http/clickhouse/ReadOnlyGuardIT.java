package dev.freshet.http.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.chdb.Chdb;
import dev.freshet.chdb.ChdbException;
import dev.freshet.chdb.ChdbLibrary;
import dev.freshet.chdb.ChdbOptions;
import dev.freshet.chdb.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tries to read a file of the machine, to write, and to reach another server through the read-only interface. */
final class ReadOnlyGuardIT {
    @Test
    void nothingReachesOutsideOfTheEngine(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "the secret");
        Path library = ChdbLibrary.locate(Path.of(Objects.requireNonNull(
                System.getProperty("chdb.native.directory"), "the build sets chdb.native.directory")));
        try (Chdb engine =
                Chdb.open(ChdbOptions.of(library, folder.resolve("data")).withConnections(1))) {
            // The control: without the guard and readonly, the file can be read.
            assertThat(engine.query(Statement.of("SELECT file('" + secret + "')"))
                            .text())
                    .contains("the secret");
            ReadOnlyGuard guard = new ReadOnlyGuard(engine);
            for (String attack : List.of(
                    "SELECT file('%s')",
                    "SELECT `file`('%s')",
                    "SELECT \"fi\\x6ce\"('%s')",
                    "SELECT /* c */ file /* d */ ('%s')",
                    "SELECT * APPLY(file) FROM (SELECT '%s')",
                    "SELECT * APPLY file FROM (SELECT '%s')",
                    "SELECT * APPLY(x -> file(x)) FROM (SELECT '%s')",
                    "SELECT `a'b`, file('%s'), `c'd` FROM (SELECT 1 AS `a'b`, 2 AS `c'd`)",
                    "SELECT b FROM format(JSONEachRow, 'a String, b String ALIAS file(\\'%s\\')', '{\"a\":\"1\"}')",
                    "SELECT b FROM values('a String, b String ALIAS file(\\'%s\\')', ('1'))",
                    "SELECT * FROM eval('SELECT file(\\'%s\\')')",
                    "SELECT 1 SETTINGS additional_result_filter = 'throwIf(file(\\'%s\\') != \\'\\')'",
                    "SELECT 1 FORMAT Template SETTINGS format_template_resultset = '%s'",
                    "SELECT * FROM file('%s', 'LineAsString')",
                    "DESCRIBE TABLE file('%s', 'LineAsString')",
                    "DESCRIBE TABLE url('http://127.0.0.1:1/')",
                    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
                    "SELECT * FROM remote('127.0.0.1:1', 'a', 'b')",
                    "SELECT * FROM mongodb('127.0.0.1:1', 'a', 'b', 'c', 'd', 'x String')",
                    "SELECT * FROM s3('http://127.0.0.1:1/bucket/x', 'LineAsString')",
                    "SELECT * FROM executable('id', 'LineAsString', 'x String')",
                    "SELECT 1 INTO OUTFILE '%s.out'",
                    "SELECT 1; SELECT file('%s')",
                    "INSERT INTO FUNCTION file('%s', 'LineAsString') SELECT 'x'",
                    "CREATE TABLE t (a UInt8) ENGINE = Memory",
                    "DROP DATABASE default",
                    "SET max_threads = 1",
                    "SYSTEM FLUSH LOGS")) {
                String sql = attack.replace("%s", secret.toString());
                assertThat(answer(engine, guard, sql)).as(sql).startsWith("refused");
            }
            for (String reading : List.of(
                    "SELECT 'file(1); INSERT'",
                    "SELECT sum(number) FROM numbers(10) -- file(",
                    "SELECT format('{}', 'x')",
                    "SHOW DATABASES",
                    "DESCRIBE TABLE system.one",
                    "WITH 1 AS file SELECT file")) {
                assertThat(answer(engine, guard, reading)).as(reading).startsWith("answered");
            }
            assertThat(secret).hasContent("the secret");
            assertThat(folder.resolve("secret.out")).doesNotExist();
        }
    }

    /** As the interface does it: first the guard, then the engine under its own {@code readonly}. */
    private static String answer(Chdb engine, ReadOnlyGuard guard, String sql) {
        Statement statement = Statement.of(sql).asReadOnly();
        try {
            Optional<ClickHouseFailure> refusal = guard.refusal(statement);
            return refusal.map(failure -> "refused: " + failure.text())
                    .orElseGet(() -> "answered: " + engine.query(statement).text());
        } catch (ChdbException e) {
            return "refused: " + e.getMessage();
        }
    }
}
