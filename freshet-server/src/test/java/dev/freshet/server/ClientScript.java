package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A script with an official client, among the system tests' scripts; its last line is a report in JSON. */
final class ClientScript {
    private static final long LIMIT_SECONDS = 120;

    private ClientScript() {}

    static JsonNode run(String name, String... arguments) throws IOException, InterruptedException {
        Path root = Path.of(Objects.requireNonNull(System.getProperty("freshet.root"), "the build sets freshet.root"));
        List<String> command = new ArrayList<>(List.of("node", name));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(root.resolve("freshet-system-tests/node").toFile())
                .redirectErrorStream(true)
                .start();
        var _ = process.onExit()
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .whenComplete((ended, late) -> process.destroyForcibly());
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(printed).isZero();
        return new ObjectMapper().readTree(printed.substring(printed.lastIndexOf('\n') + 1));
    }
}
