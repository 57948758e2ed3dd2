package dev.freshet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A script with an official client, among the system tests' scripts; its last line is a report in JSON. */
final class ClientScript {
    private ClientScript() {}

    static ConvexObject run(String name, String url) throws IOException, InterruptedException {
        Path root = Path.of(Objects.requireNonNull(System.getProperty("freshet.root"), "the build sets freshet.root"));
        Process process = new ProcessBuilder("node", name, url)
                .directory(root.resolve("freshet-system-tests/node").toFile())
                .redirectErrorStream(true)
                .start();
        var _ = process.onExit()
                .orTimeout(120, TimeUnit.SECONDS)
                .whenComplete((ended, late) -> process.destroyForcibly());
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(printed).isZero();
        return (ConvexObject) ConvexJson.decode(printed.substring(printed.lastIndexOf('\n') + 1));
    }
}
