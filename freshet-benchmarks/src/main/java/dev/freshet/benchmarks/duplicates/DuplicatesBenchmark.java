package dev.freshet.benchmarks.duplicates;

import dev.freshet.benchmarks.Benchmark;
import dev.freshet.benchmarks.process.TemporaryFolder;
import dev.freshet.benchmarks.report.BenchmarkReport;
import dev.freshet.duplicates.DuplicateFilter;
import dev.freshet.duplicates.DuplicateFilter.Verdict;
import dev.freshet.duplicates.DuplicateIndex;
import dev.freshet.duplicates.DuplicatesOptions;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code duplicates}: fills an index with ids as if they had come at a steady rate up to now, then looks ids up. The index alone,
 * in this process: no HTTP, no log.
 */
public final class DuplicatesBenchmark implements Benchmark {
    private static final long DAY_SECONDS = 86_400;
    private static final int LOOKUPS = 300_000;

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage().description("Measures the index of event ids with many ids in it.");
        spec.addOption(OptionSpec.builder("--ids")
                .type(Long.class)
                .paramLabel("N")
                .description("ids in the index; unset: 200,000,000")
                .build());
        spec.addOption(OptionSpec.builder("--rate")
                .type(Long.class)
                .paramLabel("N")
                .description("events a second that they came at; unset: 12,000")
                .build());
        spec.addOption(OptionSpec.builder("--kind")
                .type(IdKind.class)
                .paramLabel("KIND")
                .description("kind of UUIDs: V4, V5 or V7; unset: V4")
                .build());
    }

    /** Where the ids of a run of the benchmark come from. */
    private record Filling(IdKind kind, long ids, long rate, long endMs) {
        long receivedAtMs(long counter) {
            return endMs - (ids - counter) * 1_000 / rate;
        }

        long high(long counter) {
            return kind.high(counter, receivedAtMs(counter));
        }

        long low(long counter) {
            return kind.low(counter);
        }
    }

    @Override
    public int run(Path root, ParseResult arguments) throws Exception {
        long ids = arguments.matchedOptionValue("--ids", 200_000_000L);
        long rate = arguments.matchedOptionValue("--rate", 12_000L);
        IdKind kind = arguments.matchedOptionValue("--kind", IdKind.V4);
        if (ids > rate * DAY_SECONDS) {
            throw new IllegalArgumentException("--ids must not be more than come in a day at --rate");
        }
        BenchmarkReport report = new BenchmarkReport("duplicates");
        try (TemporaryFolder folder = TemporaryFolder.create("duplicates")) {
            DuplicatesOptions options = DuplicatesOptions.in(folder.path()).withMergeBytesASecond(1L << 30);
            try (DuplicateIndex index = DuplicateIndex.open(options, position -> {})) {
                Filling filling = new Filling(kind, ids, rate, lastEndMs(System.currentTimeMillis()));
                fill(index, filling, report);
                size(index, filling, report);
                if (!lookUp(index, filling, report)) {
                    report.print(System.out);
                    return 1;
                }
                index.settled(ids, filling.endMs);
            }
            reopen(options, report);
        }
        report.print(System.out);
        System.out.println("\nwrote " + report.write(root));
        return 0;
    }

    /** The last moment when the hour before was merged to its end: ids are merged by hours, and not before 30 minutes passed. */
    private static long lastEndMs(long nowMs) {
        long hourMs = 3_600_000;
        long afterMs = 31 * 60_000;
        return Math.floorDiv(nowMs - afterMs, hourMs) * hourMs + afterMs;
    }

    private static void fill(DuplicateIndex index, Filling filling, BenchmarkReport report) {
        long beganNs = System.nanoTime();
        long nextPrinted = 0;
        for (long counter = 0; counter < filling.ids; counter++) {
            index.remember(
                    "team", filling.high(counter), filling.low(counter), filling.receivedAtMs(counter), filling.endMs);
            if (counter % 1_000 == 0) {
                index.remembered(counter);
            }
            if (counter == nextPrinted) {
                System.out.printf("filled %,d of %,d%n", counter, filling.ids);
                nextPrinted += Math.max(1, filling.ids / 20);
            }
        }
        index.filled(filling.ids);
        double taken = (System.nanoTime() - beganNs) / 1e9;
        long mergesBeganNs = System.nanoTime();
        index.mergeNow(filling.endMs);
        report.add(
                "build",
                "ids",
                filling.ids,
                "kind",
                filling.kind.toString().toLowerCase(Locale.ROOT),
                "ids/s",
                (long) (filling.ids / taken),
                "last merges s",
                (System.nanoTime() - mergesBeganNs) / 1e9);
    }

    private static void size(DuplicateIndex index, Filling filling, BenchmarkReport report) {
        double bytesAnId = (double) index.diskBytes() / index.size();
        long day = filling.rate * DAY_SECONDS;
        report.add(
                "size",
                "disk MB",
                index.diskBytes() / 1_000_000,
                "bytes/id",
                bytesAnId,
                "files",
                index.runCount(),
                "memory MB",
                index.memoryBytes() / 1_000_000);
        report.add(
                "pages of the largest file, all that grows with a day",
                "bytes/id",
                index.leastBytesAnId(),
                "at a day's ids GiB",
                index.leastBytesAnId() * day / (1L << 30),
                "files then",
                index.runCount() + Math.max(0, 24 - filling.ids / (filling.rate * 3_600)));
    }

    private static boolean lookUp(DuplicateIndex index, Filling filling, BenchmarkReport report) {
        long recent = Math.min(filling.ids, 15 * 60 * filling.rate);
        Random random = new Random(1);
        LongUnaryOperator fresh = counter -> filling.ids + 1 + counter;
        LongUnaryOperator anyRecent = counter -> filling.ids - 1 - (long) (random.nextDouble() * recent);
        LongUnaryOperator any = counter -> (long) (random.nextDouble() * filling.ids);
        // The first round warms up.
        lookUp(index, filling, "", fresh, true, Verdict.FIRST, new BenchmarkReport(""));
        return lookUp(index, filling, "new, time of now", fresh, true, Verdict.FIRST, report)
                && lookUp(index, filling, "new, other time", fresh, false, Verdict.FIRST, report)
                && lookUp(index, filling, "repeat, time of now", anyRecent, true, Verdict.REPEAT, report)
                && lookUp(index, filling, "repeat, other time", any, false, Verdict.REPEAT, report);
    }

    private static boolean lookUp(
            DuplicateIndex index,
            Filling filling,
            String what,
            LongUnaryOperator counters,
            boolean isTimeOfNow,
            Verdict expected,
            BenchmarkReport report) {
        int team = index.teamNumber("team");
        long[] chosen = new long[LOOKUPS];
        for (int at = 0; at < LOOKUPS; at++) {
            chosen[at] = counters.applyAsLong(at);
        }
        long readsBefore = index.diskReads();
        long wrong = 0;
        long beganNs = System.nanoTime();
        for (long counter : chosen) {
            long sentAtMs = isTimeOfNow ? filling.endMs : DuplicateFilter.NOT_SENT;
            Verdict verdict = index.offer(team, filling.high(counter), filling.low(counter), sentAtMs, filling.endMs);
            wrong += verdict == expected ? 0 : 1;
        }
        double taken = (System.nanoTime() - beganNs) / 1e9;
        if (expected == Verdict.FIRST) {
            for (long counter : chosen) {
                index.withdraw(team, filling.high(counter), filling.low(counter));
            }
        }
        report.add(
                what,
                "lookups/s",
                (long) (LOOKUPS / taken),
                "pages read/lookup",
                (double) (index.diskReads() - readsBefore) / LOOKUPS,
                "wrong",
                wrong);
        return wrong == 0;
    }

    private static void reopen(DuplicatesOptions options, BenchmarkReport report) {
        long beganNs = System.nanoTime();
        try (DuplicateIndex index = DuplicateIndex.open(options, position -> {})) {
            report.add(
                    "open again",
                    "ms",
                    (System.nanoTime() - beganNs) / 1e6,
                    "ids",
                    index.size(),
                    "memory MB",
                    index.memoryBytes() / 1_000_000);
        }
    }
}
