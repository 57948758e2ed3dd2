package dev.freshet.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs one of the scripts in {@code node/}, whose last line is JSON. */
final class NodeScript {
    private static final long LIMIT_SECONDS = 120;

    private NodeScript() {}

    /** @throws IOException when the script fails; the message holds what it printed */
    static JsonNode run(String script, String... arguments) throws IOException, InterruptedException {
        Path folder = Checkout.root().resolve("freshet-system-tests/node");
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        Thread watchdog = Thread.ofVirtual().start(() -> endAfterLimit(process));
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int exitCode = process.waitFor();
        watchdog.interrupt();
        if (exitCode != 0) {
            throw new IOException("%s ended with %d and printed:%n%s".formatted(script, exitCode, printed));
        }
        return new ObjectMapper().readTree(printed.substring(printed.lastIndexOf('\n') + 1));
    }

    private static void endAfterLimit(Process process) {
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the script ended in time
        }
    }
}
