package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One connection, so that each statement runs in the session that the one before left. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StatementsIT {
    private Chdb chdb;

    @BeforeAll
    void open(@TempDir Path folder) {
        chdb = Chdb.open(TestEngine.options(folder).withConnections(1));
    }

    @AfterAll
    void close() {
        chdb.close();
    }

    private String answer(Statement statement) {
        String text = chdb.query(statement.withFormat("TSVRaw")).text();
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private String answer(String sql) {
        return answer(Statement.of(sql));
    }

    static List<String> nastyStrings() {
        return List.of(
                "",
                " ",
                "'",
                "''",
                "\\",
                "\\'",
                "\\\\",
                "\\N",
                "NULL",
                "\"",
                "`",
                "a'; DROP TABLE t; --",
                "{name:String}",
                "\0",
                "before\0after",
                "\t\r\n\b\f",
                "\\t\\n\\0",
                "$$heredoc$$",
                "?",
                "grün 漢字 \uD83D\uDE00",
                "\u2028",
                "x".repeat(300_000) + "'");
    }

    @ParameterizedTest
    @MethodSource("nastyStrings")
    void anyStringComesBackAsItWasBound(String value) {
        assertThat(answer(Statement.of("SELECT {v:String}").bind("v", value))).isEqualTo(value);
        assertThat(answer(Statement.of("SELECT {v:Nullable(String)}").bind("v", value)))
                .isEqualTo(value);
    }

    @Test
    void aListOfNastyStringsComesBackAsItWasBound() {
        List<String> values = nastyStrings();
        Statement statement =
                Statement.of("SELECT arrayJoin({v:Array(String)})").bind("v", values);

        byte[] bytes = chdb.query(statement.withFormat("RowBinary")).bytes();

        assertThat(strings(bytes)).isEqualTo(values);
        assertThat(answer(Statement.of("SELECT length({v:Array(String)})").bind("v", List.of())))
                .isEqualTo("0");
    }

    @Test
    void randomStringsComeBackAsTheyWereBound() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "ab\\'\"`\0\t\n\rNULL{}[],;$é漢";
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(12); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String value = text.toString();
            assertThat(answer(Statement.of("SELECT {v:String}").bind("v", value)))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(value);
            assertThat(answer(Statement.of("SELECT {v:Array(String)}[2]").bind("v", List.of("x", value))))
                    .as("in a list, seed %d, round %d", seed, i)
                    .isEqualTo(value);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Int8 | -128",
                "UInt8 | 255",
                "Int64 | -9223372036854775808",
                "UInt64 | 18446744073709551615",
                "Int256 | -57896044618658097711785492504343953926634992332820282019728792003956564819968",
                "Float64 | -1.5e-300",
                "Float32 | 0.25",
                "Decimal(38, 10) | 1234567890123456789.0123456789",
                "Bool | true",
                "Date | 2026-02-28",
                "Date32 | 1900-01-01",
                "DateTime('UTC') | 2026-02-28 23:59:59",
                "DateTime64(6, 'UTC') | 2026-02-28 23:59:59.123456",
                "UUID | 61f0c404-5cb3-11e7-907b-a6006ad3dba0",
                "IPv4 | 127.0.0.1",
                "IPv6 | 2001:db8::1",
                "FixedString(3) | abc",
                "LowCardinality(String) | low",
                "Enum8('a' = 1, 'b' = 2) | b",
                "Nullable(UInt8) | 7",
                "Array(UInt8) | [1,2,3]",
                "Array(Array(Int8)) | [[-1],[2,3]]",
                "Tuple(UInt8, String) | (1,'a')",
                "Map(String, UInt8) | {'k':1}"
            })
    void aValueOfEachTypeComesBackInItsTextForm(String type, String value) {
        Statement statement = Statement.of("SELECT {v:%s}, toTypeName({v:%s})".formatted(type, type))
                .bindRaw("v", value);

        assertThat(chdb.query(statement).text()).isEqualTo(value + "\t" + type.replace("'", "\\'") + "\n");
    }

    @Test
    void javaValuesBindToTheirTypes() {
        assertThat(answer(Statement.of("SELECT {v:Int64}").bind("v", Long.MIN_VALUE)))
                .isEqualTo("-9223372036854775808");
        assertThat(answer(Statement.of("SELECT {v:Float64} = 1e300").bind("v", 1e300)))
                .isEqualTo("1");
        assertThat(answer(Statement.of("SELECT isNaN({v:Float64})").bind("v", Double.NaN)))
                .isEqualTo("1");
        assertThat(answer(Statement.of("SELECT {v:Float64}").bind("v", Double.NEGATIVE_INFINITY)))
                .isEqualTo("-inf");
        assertThat(answer(Statement.of("SELECT {v:Bool}").bind("v", true))).isEqualTo("true");
        assertThat(answer(Statement.of("SELECT {v:Nullable(String)} IS NULL").bindNull("v")))
                .isEqualTo("1");
        assertThat(answer(Statement.of("SELECT arraySum({v:Array(Float64)})").bindNumbers("v", List.of(1, 2L, 0.5))))
                .isEqualTo("3.5");
    }

    @Test
    void aParameterThatIsMissingOrOfTheWrongTypeFailsByName() {
        assertThat(TestEngine.failureOf(() -> answer("SELECT {v:String}")))
                .extracting(ChdbException::code, ChdbException::codeName)
                .containsExactly(456, "UNKNOWN_QUERY_PARAMETER");
        assertThat(TestEngine.failureOf(
                        () -> answer(Statement.of("SELECT {v:UInt8}").bind("v", "not a number"))))
                .extracting(ChdbException::code, ChdbException::codeName)
                .containsExactly(457, "BAD_QUERY_PARAMETER");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT * FROM nowhere | 60 | UNKNOWN_TABLE",
                "SELECT * FROM nowhere.t | 81 | UNKNOWN_DATABASE",
                "SELECT no_such_function(1) | 46 | UNKNOWN_FUNCTION",
                "SELECT a FROM numbers(1) | 47 | UNKNOWN_IDENTIFIER",
                "SELECT FROM WHERE | 62 | SYNTAX_ERROR",
                "SELECT throwIf(1, 'it says (NOT_THIS_NAME)') | 395 | FUNCTION_THROW_IF_VALUE_IS_NON_ZERO",
                "SELECT toUInt8('x') | 6 | CANNOT_PARSE_TEXT",
                "SELECT groupArray(number) FROM numbers(1e9) SETTINGS max_memory_usage = 10000000 | 241 | MEMORY_LIMIT_EXCEEDED"
            })
    void anErrorOfTheEngineHasItsCodeAndName(String sql, int code, String name) {
        ChdbException failure = TestEngine.failureOf(() -> answer(sql));

        assertThat(failure)
                .extracting(ChdbException::code, ChdbException::codeName)
                .containsExactly(code, name);
        assertThat(failure).hasMessageStartingWith("Code: " + code + ".");
        assertThat(answer("SELECT 'and goes on'")).isEqualTo("and goes on");
    }

    @Test
    void aTextThatNestsTooDeeplyFailsAndTheProcessLives() {
        for (String nested : List.of(
                "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000),
                "SELECT " + "-(".repeat(900) + "1" + ")".repeat(900),
                "SELECT " + "[".repeat(5_000) + "]".repeat(5_000),
                "SELECT " + "f(".repeat(2_000) + ")".repeat(2_000),
                "SELECT * FROM " + "(SELECT * FROM ".repeat(300) + "numbers(1)" + ")".repeat(300),
                "SELECT 1" + "+1".repeat(50_000))) {
            try {
                chdb.query(Statement.of(nested).withSetting("max_query_size", "10000000"));
            } catch (ChdbException e) {
                assertThat(e.code()).isPositive();
            }
        }
        assertThat(answer("SELECT 'alive'")).isEqualTo("alive");
    }

    @Test
    void settingsEndWithTheirStatement() {
        String ask = "SELECT getSetting('max_block_size')";
        String usual = answer(ask);

        assertThat(answer(Statement.of(ask).withSetting("max_block_size", "1234")))
                .isEqualTo("1234");
        assertThat(answer(ask)).isEqualTo(usual).isNotEqualTo("1234");
    }

    @Test
    void settingsEndWithTheirStatementEvenWhenTheNextHasOneThatTheEngineRefuses() {
        String ask = "SELECT getSetting('max_block_size')";
        String usual = answer(ask);
        answer(Statement.of(ask).withSetting("max_block_size", "1234"));

        ChdbException failure =
                TestEngine.failureOf(() -> answer(Statement.of(ask).withSetting("no_such_setting", "1")));

        assertThat(failure.codeName()).isEqualTo("UNKNOWN_SETTING");
        assertThat(answer(ask)).isEqualTo(usual);
    }

    @Test
    void theSettingsOfTheOptionsHoldUnlessAStatementHasItsOwn() {
        assertThat(answer("SELECT getSetting('max_threads')")).isEqualTo("2");
        assertThat(answer(Statement.of("SELECT getSetting('max_threads')").withSetting("max_threads", "1")))
                .isEqualTo("1");
        assertThat(answer("SELECT getSetting('max_threads')")).isEqualTo("2");
    }

    @Test
    void whatATextSetsOrUsesEndsWithIt() {
        answer("SET max_block_size = 4321");
        assertThat(answer("SELECT getSetting('max_block_size')")).isNotEqualTo("4321");

        answer("USE system");
        assertThat(answer("SELECT currentDatabase()")).isEqualTo("default");

        answer("SET readonly = 1");
        answer("CREATE TABLE written (a UInt8) ENGINE = Memory");
        answer("DROP TABLE written");

        answer("CREATE TEMPORARY TABLE passing (a UInt8)");
        assertThat(TestEngine.failureOf(() -> answer("SELECT * FROM passing")).codeName())
                .isEqualTo("UNKNOWN_TABLE");
    }

    @Test
    void aSettingsValueMayHoldAnyCharacter() {
        for (String value : List.of("it's", "back\\slash", "x' , max_threads = '1", "nul\0here")) {
            assertThat(answer(Statement.of("SELECT getSetting('format_csv_null_representation')")
                            .withSetting("format_csv_null_representation", value)))
                    .isEqualTo(value);
        }
        assertThat(answer("SELECT getSetting('max_threads')")).isEqualTo("2");
    }

    @Test
    void namesOfSettingsThatCouldCarrySqlAreRefused() {
        Statement statement = Statement.of("SELECT 1");
        for (String name : List.of("a = 1, b", "", "1a", "readonly", "log_comment", "a-b")) {
            assertThatThrownBy(() -> statement.withSetting(name, "1"))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theDatabaseIsTheStatementsOwn() {
        String name = "odd `name` \\ '";
        chdb.query(Statement.of("CREATE DATABASE {d:Identifier}").bindRaw("d", name));

        assertThat(answer(Statement.of("SELECT currentDatabase()").withDatabase(name)))
                .isEqualTo(name);
        assertThat(answer("SELECT currentDatabase()")).isEqualTo("default");
        assertThat(TestEngine.failureOf(() -> answer(Statement.of("SELECT 1").withDatabase("nowhere")))
                        .codeName())
                .isEqualTo("UNKNOWN_DATABASE");
        assertThat(answer("SELECT currentDatabase()")).isEqualTo("default");
    }

    @Test
    void theFormatIsWhatWasAskedFor() {
        assertThat(chdb.query(Statement.of("SELECT 1 AS a").withFormat("JSONEachRow"))
                        .text())
                .isEqualTo("{\"a\":1}\n");
        assertThat(chdb.query(Statement.of("SELECT toUInt32(258)").withFormat("RowBinary"))
                        .bytes())
                .containsExactly(2, 1, 0, 0);
        assertThat(chdb.query(Statement.of("SELECT 1 WHERE 0")).bytes()).isEmpty();
        assertThat(TestEngine.failureOf(
                                () -> chdb.query(Statement.of("SELECT 1").withFormat("NoSuchFormat")))
                        .codeName())
                .isEqualTo("UNKNOWN_FORMAT");
    }

    @Test
    void aResultSaysHowMuchWasReadFromTables() {
        answer("CREATE TABLE counted (a UInt64) ENGINE = MergeTree ORDER BY a");
        answer("INSERT INTO counted SELECT number FROM numbers(1000)");

        ChdbResult result = chdb.query(Statement.of("SELECT sum(a) FROM counted"));

        assertThat(result.rowsRead()).isEqualTo(1000);
        assertThat(result.bytesRead()).isEqualTo(8000);
        assertThat(result.elapsed()).isPositive();
    }

    @Test
    void aReadOnlyStatementReadsAndDoesNothingElse() {
        answer("CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a");
        answer("INSERT INTO kept VALUES (1)");

        assertThat(answer(Statement.of("SELECT a FROM kept").asReadOnly())).isEqualTo("1");
        for (String sql : List.of(
                "INSERT INTO kept VALUES (2)",
                "DROP TABLE kept",
                "TRUNCATE TABLE kept",
                "ALTER TABLE kept ADD COLUMN b UInt8",
                "CREATE TABLE other (a UInt8) ENGINE = Memory",
                "CREATE TEMPORARY TABLE other (a UInt8)",
                "SELECT 1 SETTINGS max_threads = 1",
                "SET readonly = 0",
                "SELECT * FROM file('/etc/hostname', 'LineAsString')",
                "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
                "SELECT 1; DROP TABLE kept")) {
            ChdbException failure =
                    TestEngine.failureOf(() -> answer(Statement.of(sql).asReadOnly()));
            assertThat(failure.codeName()).as(sql).isEqualTo("READONLY");
        }
        answer("INSERT INTO kept VALUES (3)");
        assertThat(answer(Statement.of("SELECT getSetting('max_threads')")
                        .asReadOnly()
                        .withSetting("max_threads", "1")))
                .isEqualTo("1");
        assertThat(answer(Statement.of("SELECT sum(a) FROM kept").asReadOnly())).isEqualTo("4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "READ_ONLY | SELECT 1",
                "READ_ONLY | SELECT 'DROP TABLE t; --'",
                "READ_ONLY | /* c */ -- d",
                "READ_ONLY | WITH 1 AS x SELECT x",
                "READ_ONLY | SHOW TABLES",
                "READ_ONLY | DESCRIBE TABLE t",
                "READ_ONLY | EXPLAIN SELECT 1",
                "READ_ONLY | EXISTS TABLE t",
                "READ_ONLY | SHOW CREATE TABLE t",
                "READ_ONLY | CHECK TABLE t",
                "MUTATING | INSERT INTO t VALUES (1)",
                "MUTATING | CREATE TABLE t (a UInt8) ENGINE = Memory",
                "MUTATING | ALTER TABLE t DELETE WHERE 1",
                "MUTATING | DELETE FROM t WHERE 1",
                "MUTATING | TRUNCATE TABLE t",
                "MUTATING | RENAME TABLE a TO b",
                "MUTATING | OPTIMIZE TABLE t",
                "MUTATING | DROP DATABASE d",
                "MUTATING | SELECT 1; DROP TABLE t",
                "MUTATING_GLOBAL | CREATE USER u",
                "MUTATING_GLOBAL | GRANT SELECT ON *.* TO u",
                "MUTATING_GLOBAL | CREATE FUNCTION f AS x -> x",
                "CONTROL | SET max_threads = 1",
                "CONTROL | USE d",
                "CONTROL | SYSTEM FLUSH LOGS",
                "CONTROL | KILL QUERY WHERE 1",
                "CONTROL | BACKUP DATABASE d TO File('x')",
                "CONTROL | SELECT 1 INTO OUTFILE 'x'",
                "CONTROL | INSERT INTO FUNCTION file('x') SELECT 1",
                "UNKNOWN | SELECT FROM WHERE",
                "UNKNOWN | INSERT INTO"
            })
    void aTextIsClassifiedWithoutRunningIt(StatementClass expected, String sql) {
        String text = sql.startsWith("/*") ? sql + "\nSELECT 1" : sql;

        assertThat(chdb.classify(text)).isEqualTo(expected);
    }

    @Test
    void anEmptyTextIsUnknown() {
        assertThat(chdb.classify("")).isEqualTo(StatementClass.UNKNOWN);
    }

    @Test
    void theVersionIsTheEnginesOwn() {
        assertThat(chdb.engineVersion()).isNotEmpty();
        assertThat(answer("SELECT version()")).startsWith("26.7.");
    }

    @Test
    void parametersOfOneStatementAreNotSeenByTheNext() {
        answer(Statement.of("SELECT {v:String}").bind("v", "mine"));

        assertThat(TestEngine.failureOf(() -> answer("SELECT {v:String}")).codeName())
                .isEqualTo("UNKNOWN_QUERY_PARAMETER");
        assertThat(Statement.of("").parameters()).isEqualTo(Map.of());
    }

    /** Reads RowBinary of one String column. */
    private static List<String> strings(byte[] rows) {
        List<String> values = new ArrayList<>();
        int at = 0;
        while (at < rows.length) {
            int length = 0;
            int shift = 0;
            byte next;
            do {
                next = rows[at++];
                length |= (next & 0x7f) << shift;
                shift += 7;
            } while (next < 0);
            values.add(new String(rows, at, length, java.nio.charset.StandardCharsets.UTF_8));
            at += length;
        }
        return values;
    }
}
