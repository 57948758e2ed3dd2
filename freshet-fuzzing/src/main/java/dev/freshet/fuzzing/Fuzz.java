package dev.freshet.fuzzing;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * Where {@code ./freshet fuzz} begins: runs each target for a while in a JVM of its own, in which the fuzzer follows which code its
 * inputs reach. What it has found interesting is kept between runs, in {@code target/fuzzing}.
 */
public final class Fuzz {
    /** Set by the launcher: where the repository is. */
    private static final String ROOT_PROPERTY = "freshet.root";

    private static final String SECONDS = "--seconds";
    private static final int DEFAULT_SECONDS = 60;
    private static final int INPUT_BYTES = 16 * 1024;
    private static final int FOUND = 1;
    private static final int WRONG_USAGE = 2;
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in (\\d+) second");
    private static final Pattern COVERAGE = Pattern.compile("cov: (\\d+)");

    /** Whose branches guide the fuzzer: ours, and those of the parsers that ours stand on. */
    private static final String FOLLOWED = String.join(
            ":", "dev.freshet.**", "com.fasterxml.jackson.core.**", "de.siegmar.fastcsv.**", "org.snakeyaml.engine.**");

    private final Path root;
    private final Path work;
    private final PrintStream out;

    private Fuzz(Path root, PrintStream out) {
        this.root = root;
        this.out = out;
        work = root.resolve("target/fuzzing");
    }

    public static void main(String[] arguments) {
        System.exit(run(Path.of(System.getProperty(ROOT_PROPERTY, ".")), System.out, arguments));
    }

    /** Runs without ending the process. */
    static int run(Path root, PrintStream out, String... arguments) {
        CommandSpec spec = CommandSpec.create().name("freshet fuzz").mixinStandardHelpOptions(true);
        spec.usageMessage()
                .description("Feeds every decoder with what breaks decoders, guided by the code that it reaches.");
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("TARGET")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("which targets; unset: all of " + String.join(", ", FuzzTargets.names()))
                .build());
        spec.addOption(OptionSpec.builder(SECONDS)
                .paramLabel("N")
                .type(Integer.class)
                .description("how long each is run, 60 if unset")
                .build());
        CommandLine line = new CommandLine(spec);
        line.setExecutionStrategy(parsed -> {
            Integer help = CommandLine.executeHelpRequest(parsed);
            return help == null ? new Fuzz(root, out).run(parsed) : help;
        });
        return line.execute(arguments);
    }

    private int run(ParseResult parsed) {
        List<String> targets = parsed.matchedPositionalValue(0, List.copyOf(FuzzTargets.names()));
        int seconds = parsed.matchedOptionValue(SECONDS, DEFAULT_SECONDS);
        Optional<String> unknown = targets.stream()
                .filter(target -> !FuzzTargets.names().contains(target))
                .findFirst();
        if (unknown.isPresent() || seconds < 1) {
            out.println("freshet: fuzz takes targets among " + FuzzTargets.names() + " and at least one second");
            return WRONG_USAGE;
        }
        out.printf("%-16s %12s %10s %9s  %s%n", "target", "executions", "a second", "branches", "found");
        int found = 0;
        for (String target : targets) {
            try {
                found += run(target, seconds);
            } catch (IOException e) {
                throw new UncheckedIOException("the files of a fuzzer cannot be used", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return FOUND;
            }
        }
        return found == 0 ? 0 : FOUND;
    }

    /** @return how many faults there were */
    private int run(String target, int seconds) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(work.resolve(target).resolve("corpus"));
        Path findings = Files.createDirectories(work.resolve(target).resolve("found"));
        Path log = work.resolve(target).resolve("log.txt");
        List<Path> before = files(findings);
        Process fuzzer = new ProcessBuilder(command(target, seconds, corpus, findings))
                .directory(findings.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int exitCode;
        try {
            exitCode = fuzzer.waitFor();
        } finally {
            fuzzer.destroyForcibly();
        }
        List<Path> found = new ArrayList<>(files(findings));
        found.removeAll(before);
        found.removeIf(file -> file.toString().endsWith(".java"));
        report(target, Files.readString(log, StandardCharsets.UTF_8), found);
        if (exitCode != 0 && found.isEmpty()) {
            out.printf("  the fuzzer ended with the code %d; see %s%n", exitCode, log);
        }
        return exitCode == 0 ? 0 : Math.max(found.size(), 1);
    }

    private List<String> command(String target, int seconds, Path corpus, Path findings) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The fuzzer attaches itself to its own JVM.
                "-XX:+EnableDynamicAgentLoading",
                "-Djdk.attach.allowAttachSelf=true",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx1g",
                "-D" + FuzzEntry.TARGET_PROPERTY + "=" + target,
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + FuzzEntry.class.getName(),
                "--instrumentation_includes=" + FOLLOWED,
                "--reproducer_path=" + findings,
                "-artifact_prefix=" + findings + "/",
                "-max_total_time=" + seconds,
                "-max_len=" + INPUT_BYTES,
                "-timeout=20",
                "-rss_limit_mb=0",
                "-print_final_stats=1",
                corpus.toString(),
                root.resolve("freshet-fuzzing/seeds").resolve(target).toString());
    }

    private void report(String target, String log, List<Path> found) {
        String executions = "?";
        String rate = "?";
        Matcher done = DONE.matcher(log);
        if (done.find()) {
            executions = done.group(1);
            rate = Long.toString(Long.parseLong(executions) / Math.max(Long.parseLong(done.group(2)), 1));
        }
        String branches = "?";
        Matcher coverage = COVERAGE.matcher(log);
        while (coverage.find()) {
            branches = coverage.group(1);
        }
        out.printf(
                "%-16s %12s %10s %9s  %s%n", target, executions, rate, branches, found.isEmpty() ? "nothing" : found);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
