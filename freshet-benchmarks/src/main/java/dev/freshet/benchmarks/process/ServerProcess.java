package dev.freshet.benchmarks.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server started by the launcher. The launcher replaces itself by the Java process, so that {@link #kill} hits the
 * server itself.
 */
public final class ServerProcess implements AutoCloseable {
    private static final long START_LIMIT_SECONDS = 120;
    private static final long STOP_LIMIT_SECONDS = 20;

    private final Process process;
    private final List<String> output;
    private final CompletableFuture<URI> ready;

    private ServerProcess(Process process) {
        this.process = process;
        this.output = Collections.synchronizedList(new ArrayList<>());
        this.ready = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("server-output").start(this::readOutput);
    }

    /**
     * Starts {@code ./freshet COMMAND} and waits for its line {@code ready URL}.
     *
     * @param root the repository's root
     * @param arguments the command and its flags
     * @param settings environment variables of the server
     * @throws IOException when it does not become ready; the message holds what it printed
     */
    public static ServerProcess start(Path root, List<String> arguments, Map<String, String> settings)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(root.resolve("freshet").toString());
        command.addAll(arguments);
        return start(command, settings);
    }

    /**
     * Starts a program on this process's own JVM and class path, and waits as {@link #start}.
     *
     * @param jvmOptions besides those that all programs of Freshet need
     */
    public static ServerProcess startJava(Class<?> main, List<String> jvmOptions, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(javaCommand(jvmOptions));
        command.add(main.getName());
        command.addAll(arguments);
        return start(command, Map.of());
    }

    /** This process's own JVM with its class path, up to the name of the main class. */
    public static List<String> javaCommand(List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(jvmOptions);
        command.add("-Dchdb.native.directory=" + System.getProperty("chdb.native.directory", "chdb/native"));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        return command;
    }

    /** Starts any program that prints {@code ready URL}, and waits for that line. */
    public static ServerProcess start(List<String> command, Map<String, String> settings)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(settings);
        ServerProcess server = new ServerProcess(builder.start());
        try {
            server.ready.get(START_LIMIT_SECONDS, TimeUnit.SECONDS);
            return server;
        } catch (ExecutionException | TimeoutException e) {
            server.kill();
            throw new IOException("the server did not become ready; it printed:\n" + server.printed(), e);
        }
    }

    /** A port that was free a moment ago. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void readOutput() {
        try (BufferedReader reader = process.inputReader()) {
            String line;
            while ((line = reader.readLine()) != null) {
                output.add(line);
                if (line.startsWith("ready http")) {
                    ready.complete(URI.create(line.substring("ready ".length()).strip()));
                }
            }
        } catch (IOException e) {
            output.add("(its output ended: " + e.getMessage() + ")");
        }
        ready.completeExceptionally(new IOException("the server ended before it was ready"));
    }

    /** Where it listens, without a trailing slash. */
    public URI url() {
        return ready.join();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Everything printed so far, one line each. */
    public String printed() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    /** The rest of the first printed line that begins with {@code prefix}. */
    public Optional<String> printedAfter(String prefix) {
        synchronized (output) {
            return output.stream()
                    .filter(line -> line.startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .findFirst();
        }
    }

    /** Stops it in its tracks, so that it takes nothing of the machine until {@link #resume}. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new IOException("the process " + process.pid() + " took no signal " + name);
        }
    }

    /** kill -9, and waits until the process is gone. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /**
     * SIGTERM.
     *
     * @return the exit code
     * @throws IOException when it does not end in time; it is killed then
     */
    public int stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            kill();
            throw new IOException("the server did not stop within " + STOP_LIMIT_SECONDS + " s");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
