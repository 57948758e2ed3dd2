package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BackupIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void aDatabaseComesBackFromItsArchive(@TempDir Path folder, @TempDir Path archives) {
        Path archive = archives.resolve("it's one.tar");
        ChdbOptions options = TestEngine.options(folder).withServerOption("backups.allowed_path", archives.toString());
        try (Chdb chdb = Chdb.open(options)) {
            chdb.query(Statement.of("CREATE DATABASE kept"));
            chdb.query(Statement.of("CREATE TABLE kept.t (a UInt64, b String) ENGINE = MergeTree ORDER BY a"));
            chdb.query(Statement.of("INSERT INTO kept.t SELECT number, toString(number) FROM numbers(100000)"));
            String ask = "SELECT count(), sum(a), sum(cityHash64(b)) FROM kept.t";
            String before = chdb.query(Statement.of(ask)).text();

            chdb.backup("kept", archive, LIMIT);
            assertThat(archive).isRegularFile();
            chdb.query(Statement.of("DROP DATABASE kept SYNC"));
            assertThat(TestEngine.failureOf(() -> chdb.query(Statement.of(ask))).codeName())
                    .isEqualTo("UNKNOWN_DATABASE");
            chdb.restore("kept", archive, LIMIT);

            assertThat(chdb.query(Statement.of(ask)).text()).isEqualTo(before);
        }
    }

    @Test
    void whatCannotBeWrittenOrReadFails(@TempDir Path folder, @TempDir Path archives, @TempDir Path elsewhere) {
        ChdbOptions options = TestEngine.options(folder).withServerOption("backups.allowed_path", archives.toString());
        try (Chdb chdb = Chdb.open(options)) {
            chdb.query(Statement.of("CREATE DATABASE kept"));
            chdb.query(Statement.of("CREATE TABLE kept.t (a UInt64) ENGINE = MergeTree ORDER BY a"));
            Path archive = archives.resolve("a.tar");
            chdb.backup("kept", archive, LIMIT);

            assertThat(TestEngine.failureOf(() -> chdb.backup("kept", archive, LIMIT)))
                    .isNotNull();
            assertThat(TestEngine.failureOf(() -> chdb.backup("nowhere", archives.resolve("b.tar"), LIMIT)))
                    .isNotNull();
            assertThat(TestEngine.failureOf(() -> chdb.restore("other", archives.resolve("none.tar"), LIMIT)))
                    .isNotNull();
            Path outside = elsewhere.resolve("c.tar");
            assertThat(TestEngine.failureOf(() -> chdb.backup("kept", outside, LIMIT)))
                    .isNotNull();
            assertThat(Files.exists(outside)).isFalse();
            assertThat(chdb.query(Statement.of("SELECT count() FROM kept.t")).text())
                    .isEqualTo("0\n");
        }
    }
}
