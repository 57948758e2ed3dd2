package dev.freshet.cli;

import dev.freshet.chdb.ChdbException;
import dev.freshet.chdb.ChdbLibrary;
import dev.freshet.server.ConfigException;
import dev.freshet.server.ServerConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Checks the machine and the configuration, one line each, and says how to mend what is wrong. */
final class DoctorCommand implements Command {
    private static final Pattern MAJOR = Pattern.compile("(\\d+)\\.");
    private static final int LEAST_NODE = 20;
    private static final long LEAST_FREE_BYTES = 2L * 1024 * 1024 * 1024;

    private final PrintStream out = System.out;
    private int failures;

    @Override
    public void describe(CommandSpec spec) {
        spec.usageMessage().description("Checks the machine and the configuration.");
        ServerOptions.describe(spec);
    }

    @Override
    public int run(ParseResult arguments) throws Exception {
        check("JDK", Runtime.version().feature() >= 25, Runtime.version().toString(), "install a JDK 25");
        checkTool("Maven", List.of("mvn", "--version"), 3, "install Apache Maven 3.8 or newer");
        checkTool("Node.js", List.of("node", "--version"), LEAST_NODE, "install Node.js 20 or newer");
        checkEngine();
        try {
            ServerConfig config = ServerOptions.read(arguments, System.getenv());
            check("configuration", true, "readable", "");
            checkPort(config);
            checkFolder(config.dataFolder());
        } catch (ConfigException e) {
            check("configuration", false, String.valueOf(e.getMessage()), "mend the setting");
        }
        check(
                "Chromium (for ./freshet test)",
                output(List.of("chromium", "--version")).isPresent(),
                output(List.of("chromium", "--version")).orElse("not found"),
                "install the package chromium; ./freshet test does it where it may");
        return failures == 0 ? 0 : 1;
    }

    private void checkTool(String name, List<String> command, int leastMajor, String mend) throws InterruptedException {
        Optional<String> version = output(command);
        Matcher major = MAJOR.matcher(version.orElse(""));
        boolean isEnough = major.find() && Integer.parseInt(major.group(1)) >= leastMajor;
        check(name, isEnough, version.orElse("not found"), mend);
    }

    private void checkEngine() {
        try {
            Path library = ChdbLibrary.locate(Path.of(System.getProperty("chdb.native.directory", "chdb/native")));
            check("ClickHouse engine", true, library.getFileName().toString(), "");
        } catch (ChdbException e) {
            check("ClickHouse engine", false, String.valueOf(e.getMessage()), "run ./freshet again, which installs it");
        }
    }

    private void checkPort(ServerConfig config) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(config.host(), config.port()));
            check("port", true, config.host() + ":" + config.port() + " is free", "");
        } catch (IOException e) {
            check(
                    "port",
                    false,
                    config.host() + ":" + config.port() + ": " + e.getMessage(),
                    "choose another by --port");
        }
    }

    private void checkFolder(Path folder) {
        try {
            Path existing = folder.toAbsolutePath();
            while (existing != null && !Files.exists(existing)) {
                existing = existing.getParent();
            }
            if (existing == null || !Files.isWritable(existing)) {
                check("data folder", false, folder + " cannot be written", "choose another by --data-dir");
                return;
            }
            FileStore store = Files.getFileStore(existing);
            long free = store.getUsableSpace();
            check(
                    "data folder",
                    free >= LEAST_FREE_BYTES,
                    "%s, %d GiB free".formatted(folder, free >> 30),
                    "make room, or choose another by --data-dir");
        } catch (IOException e) {
            check("data folder", false, folder + ": " + e.getMessage(), "choose another by --data-dir");
        }
    }

    private void check(String name, boolean isGood, String found, String mend) {
        out.printf("%-4s %s: %s%n", isGood ? "ok" : "BAD", name, isGood ? found : found + " - " + mend);
        failures += isGood ? 0 : 1;
    }

    /** The first line that a command prints, or nothing when it is not there or fails. */
    private static Optional<String> output(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                return Optional.empty();
            }
            return text.lines()
                    .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // not installed
        }
    }
}
