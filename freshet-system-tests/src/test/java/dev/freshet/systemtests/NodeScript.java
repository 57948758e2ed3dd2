package dev.freshet.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs one of the scripts in {@code node/}, whose last line is JSON. */
final class NodeScript implements AutoCloseable {
    private static final long LIMIT_SECONDS = 180;

    private final String script;
    private final Process process;
    private final BufferedReader reader;
    private final BufferedWriter writer;
    private final List<String> printed = new ArrayList<>();
    private final Thread watchdog;

    private NodeScript(String script, Process process) {
        this.script = script;
        this.process = process;
        this.reader = process.inputReader();
        this.writer = process.outputWriter();
        this.watchdog = Thread.ofVirtual().start(() -> endAfterLimit(process));
    }

    /** @throws IOException when the script fails; the message holds what it printed */
    static JsonNode run(String script, String... arguments) throws IOException, InterruptedException {
        try (NodeScript running = start(script, arguments)) {
            return running.result();
        }
    }

    /** Starts a script that says by lines of its own how far it is. */
    static NodeScript start(String script, String... arguments) throws IOException {
        Path folder = Checkout.root().resolve("freshet-system-tests/node");
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        return new NodeScript(
                script,
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start());
    }

    /** @throws IOException when the script ends without having printed this line */
    void awaitLine(String wanted) throws IOException, InterruptedException {
        String line;
        while ((line = reader.readLine()) != null) {
            printed.add(line);
            if (line.equals(wanted)) {
                return;
            }
        }
        throw failure();
    }

    /** Waits for a line that begins so, and gives the rest of it. */
    String awaitLineAfter(String prefix) throws IOException, InterruptedException {
        String line;
        while ((line = reader.readLine()) != null) {
            printed.add(line);
            if (line.startsWith(prefix)) {
                return line.substring(prefix.length());
            }
        }
        throw failure();
    }

    /** Sends the script a line, which it waits for. */
    void say(String line) throws IOException {
        writer.write(line);
        writer.newLine();
        writer.flush();
    }

    /** Waits for the script's end. */
    JsonNode result() throws IOException, InterruptedException {
        reader.lines().forEach(printed::add);
        if (process.waitFor() != 0 || printed.isEmpty()) {
            throw failure();
        }
        return new ObjectMapper().readTree(printed.getLast());
    }

    /** Ends the script if it still runs. */
    @Override
    public void close() {
        watchdog.interrupt();
        process.destroyForcibly();
    }

    private IOException failure() throws InterruptedException {
        return new IOException(
                "%s ended with %d and printed:%n%s".formatted(script, process.waitFor(), String.join("\n", printed)));
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
