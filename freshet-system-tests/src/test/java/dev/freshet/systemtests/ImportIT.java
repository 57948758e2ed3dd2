package dev.freshet.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.benchmarks.process.ServerProcess;
import dev.freshet.chdb.Chdb;
import dev.freshet.chdb.ChdbLibrary;
import dev.freshet.chdb.ChdbOptions;
import dev.freshet.chdb.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./freshet import} as people run it, beside the server that holds the data folder. */
class ImportIT {
    private static final Map<String, String> ADMIN = Map.of("FRESHET_ADMIN_KEY", "import-it-admin-key");

    @TempDir
    private Path folder;

    @Test
    void aFileIsImportedOnceHoweverOftenItIsGivenAndBadRowsAreNamed() throws IOException, InterruptedException {
        String data = folder.resolve("data").toString();
        String csv = Files.writeString(folder.resolve("history.csv"), """
                        event_type,name,user_id,timestamp,plan
                        page_view,/a,ada,%1$s,pro
                        page_view,/a,ada,%1$s,pro
                        click,/b,bob,%1$s,free
                        """.formatted(
                                Instant.now().minusSeconds(3_600)))
                .toString();
        try (ServerProcess server =
                ServerProcess.start(Checkout.root(), List.of("serve", "--port", "0", "--data-dir", data), ADMIN)) {
            LauncherRun dry = LauncherRun.of(ADMIN, "import", csv, "--dry-run", "--data-dir", data);
            assertThat(dry.printed()).anyMatch(line -> line.startsWith("read (dry run, nothing was sent) 2 events"));

            LauncherRun first = LauncherRun.of(ADMIN, "import", csv, "--data-dir", data);
            assertThat(first.exitCode()).as(first.toString()).isEqualTo(1);
            assertThat(first.printed())
                    .anyMatch(line -> line.equals("imported 2 events; 0 were there already; 1 refused"))
                    .anyMatch(line -> line.contains("Line 4, column event_type"));

            LauncherRun again =
                    LauncherRun.of(ADMIN, "import", csv, "--url", server.url().toString());
            assertThat(again.printed())
                    .anyMatch(line -> line.equals("imported 0 events; 2 were there already; 1 refused"));
            LauncherRun wrongKey =
                    LauncherRun.of(Map.of("FRESHET_ADMIN_KEY", "wrong"), "import", csv, "--data-dir", data);
            assertThat(wrongKey.exitCode()).isEqualTo(1);
            assertThat(wrongKey.printed()).singleElement().asString().contains("FRESHET_ADMIN_KEY");
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void parquetIsImportedBesideTheServersEngineAndWithoutAServer() throws IOException, InterruptedException {
        String data = folder.resolve("data").toString();
        Path file = writeParquet(3_000);
        try (ServerProcess server =
                ServerProcess.start(Checkout.root(), List.of("serve", "--port", "0", "--data-dir", data), ADMIN)) {
            LauncherRun first = LauncherRun.of(ADMIN, "import", file.toString(), "--data-dir", data);
            assertThat(first.exitCode()).as(first.toString()).isZero();
            assertThat(first.printed())
                    .anyMatch(line -> line.equals("imported 3,000 events; 0 were there already; 0 refused"));
            assertThat(server.stop()).isZero();
        }

        LauncherRun again = LauncherRun.of(ADMIN, "import", file.toString(), "--data-dir", data);
        assertThat(again.printed())
                .anyMatch(line -> line.equals("imported 0 events; 3,000 were there already; 0 refused"));

        byte[] whole = Files.readAllBytes(file);
        Path cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(whole, whole.length / 2));
        LauncherRun damaged = LauncherRun.of(ADMIN, "import", cut.toString(), "--data-dir", data);
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.printed())
                .singleElement()
                .asString()
                .startsWith("freshet: Cannot read " + cut + " as Parquet");
    }

    private Path writeParquet(int rows) {
        Path file = folder.resolve("history.parquet");
        Path library = ChdbLibrary.locate(Path.of(System.getProperty("chdb.native.directory")));
        try (Chdb engine = Chdb.open(ChdbOptions.of(library, folder.resolve("engine")))) {
            engine.query(Statement.of("""
                    INSERT INTO FUNCTION file({file:String}, 'Parquet')
                    SELECT 'page_view' AS event_type, concat('/', toString(number)) AS name, 'ada' AS user_id,
                        now64(3, 'UTC') - number AS timestamp, map('n', number) AS properties
                    FROM numbers({rows:UInt64})""").bind("file", file.toString()).bind("rows", rows));
        }
        return file;
    }
}
