package dev.freshet.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The rows that a benchmark measured, in the order they were added. Says on what machine and how busy it was, since a
 * figure means little without that.
 */
public final class BenchmarkReport {
    private final String name;
    private final List<Row> rows = new ArrayList<>();
    private final double loadBefore = systemLoad();

    /** @param name of the benchmark; also of its file */
    public BenchmarkReport(String name) {
        this.name = name;
    }

    private record Row(String what, Map<String, Object> figures) {}

    /** Adds a row: column names and values in turn. Whole numbers and texts are shown as they are, others to two places. */
    public void add(String what, Object... namesAndValues) {
        Map<String, Object> figures = new LinkedHashMap<>();
        for (int at = 0; at < namesAndValues.length; at += 2) {
            figures.put(String.valueOf(namesAndValues[at]), namesAndValues[at + 1]);
        }
        rows.add(new Row(what, figures));
    }

    /** Prints one line a row. */
    public void print(PrintStream out) {
        int width = rows.stream().mapToInt(row -> row.what.length()).max().orElse(0);
        out.printf(
                "%n%s [processors=%d, load average before=%.1f]%n",
                name, Runtime.getRuntime().availableProcessors(), loadBefore);
        for (Row row : rows) {
            out.printf("  %-" + Math.max(width, 1) + "s", row.what);
            row.figures.forEach((column, value) -> out.printf("  %s %s", column, text(value)));
            out.println();
        }
    }

    private static String text(Object value) {
        return value instanceof Double number
                ? String.format(Locale.ROOT, "%,.2f", number)
                : value instanceof Long number ? String.format(Locale.ROOT, "%,d", number) : String.valueOf(value);
    }

    /** Writes {@code target/bench/NAME.json} under the root. */
    public Path write(Path root) throws IOException {
        Path file = Files.createDirectories(root.resolve("target/bench")).resolve(name + ".json");
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("benchmark", name);
        whole.put("at", Instant.now().toString());
        whole.put("processors", Runtime.getRuntime().availableProcessors());
        whole.put("loadAverageBefore", loadBefore);
        List<Map<String, Object>> plainRows = new ArrayList<>();
        for (Row row : rows) {
            Map<String, Object> plain = new LinkedHashMap<>();
            plain.put("what", row.what);
            plain.putAll(row.figures);
            plainRows.add(plain);
        }
        whole.put("rows", plainRows);
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), whole);
        return file;
    }

    private static double systemLoad() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
