package dev.freshet.systemtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A run of {@code ./freshet COMMAND} that ends by itself: how it ended, and what it printed but for the lines of its log, which
 * begin with a time.
 */
record LauncherRun(int exitCode, List<String> printed) {
    private static final Pattern LOG_LINE = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT.*");
    private static final long LIMIT_SECONDS = 120;

    /** @throws IOException when it does not end in time */
    static LauncherRun of(Map<String, String> settings, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Checkout.root().resolve("freshet").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(settings);
        Process process = builder.start();
        process.getOutputStream().close();
        try {
            Thread watchdog = Thread.ofVirtual().start(() -> endAfterLimit(process));
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exitCode = process.waitFor();
            watchdog.interrupt();
            return new LauncherRun(
                    exitCode,
                    text.lines()
                            .filter(line -> !LOG_LINE.matcher(line).matches())
                            .toList());
        } finally {
            process.destroyForcibly();
        }
    }

    /** The rest of the first printed line that begins with {@code prefix}. */
    String printedAfter(String prefix) {
        return printed.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line begins with `" + prefix + "` in " + this));
    }

    private static void endAfterLimit(Process process) {
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it ended in time
        }
    }
}
