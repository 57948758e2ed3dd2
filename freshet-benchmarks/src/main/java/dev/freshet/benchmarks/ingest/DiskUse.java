package dev.freshet.benchmarks.ingest;

import dev.freshet.benchmarks.process.ServerProcess;
import dev.freshet.chdb.ChdbLibrary;
import dev.freshet.eventstore.EmbeddedEventStore;
import dev.freshet.eventstore.EngineLimits;
import dev.freshet.eventstore.RowBinaryReader;
import dev.freshet.eventstore.Schema;
import dev.freshet.eventstore.StoreQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a stopped server's tables take on the disk once they are merged to the end. In a process of its own. */
final class DiskUse {
    private static final List<String> TABLES = List.of("events", "events_1m", "events_1h", "events_1d");
    private static final String TABLE = "table ";
    private static final int RETENTION_DAYS = 90;
    private static final long MACHINE_BYTES = 8L << 30;

    private DiskUse() {}

    /**
     * Merges the tables and gives the bytes of each.
     *
     * @param clickHouse the engine's folder, which nobody may have open
     */
    static Map<String, Long> of(Path clickHouse) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(ServerProcess.javaCommand(List.of("-Xmx512m")));
        command.addAll(List.of(DiskUse.class.getName(), clickHouse.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("the tables could not be merged:\n" + printed);
        }
        Map<String, Long> bytes = new TreeMap<>();
        printed.lines()
                .filter(line -> line.startsWith(TABLE))
                .map(line -> line.substring(TABLE.length()).split(" ", 2))
                .forEach(nameAndBytes -> bytes.put(nameAndBytes[0], Long.valueOf(nameAndBytes[1])));
        return bytes;
    }

    public static void main(String[] arguments) {
        Path library = ChdbLibrary.locate(Path.of(System.getProperty("chdb.native.directory", "chdb/native")));
        try (EmbeddedEventStore store = EmbeddedEventStore.open(
                library,
                Path.of(arguments[0]),
                Schema.DEFAULT_DATABASE,
                RETENTION_DAYS,
                EngineLimits.forMachine(MACHINE_BYTES, Runtime.getRuntime().availableProcessors()))) {
            for (String table : TABLES) {
                store.execute(
                        StoreQuery.of("OPTIMIZE TABLE " + table + " FINAL").withTimeout(Duration.ofMinutes(3)));
                RowBinaryReader bytes =
                        store.query(StoreQuery.of("SELECT toInt64(sum(bytes_on_disk)) FROM system.parts WHERE active"
                                + " AND database = currentDatabase() AND table = '" + table + "'"));
                System.out.println(TABLE + table + " " + bytes.int64());
            }
        }
    }
}
