package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server with functions out of a jar. */
class FunctionJarsIT {
    @TempDir
    private Path folder;

    private Map<String, String> withJar(String moduleClass) throws IOException {
        Path functions = Files.createDirectories(folder.resolve("functions"));
        String classFile = SampleModule.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(functions.resolve("sample.jar")));
                InputStream compiled = Objects.requireNonNull(
                        SampleModule.class.getClassLoader().getResourceAsStream(classFile))) {
            jar.putNextEntry(new JarEntry(classFile));
            compiled.transferTo(jar);
            jar.putNextEntry(new JarEntry("META-INF/services/dev.freshet.functions.api.FunctionModule"));
            jar.write(moduleClass.getBytes(StandardCharsets.UTF_8));
        }
        return Map.of(Setting.FUNCTIONS.variable(), functions.toString());
    }

    @Test
    void functionsOfAJarAreCalledBesideTheServersOwn() throws Exception {
        try (ServerUnderTest server =
                new ServerUnderTest(folder.resolve("data"), withJar(SampleModule.class.getName()))) {
            String written = server.post("/api/mutation", "{\"path\":\"sample:write\",\"args\":{\"text\":\"hello\"}}")
                    .body();
            assertThat(written).contains("\"status\":\"success\"");
            assertThat(server.post("/api/query", "{\"path\":\"sample:count\",\"args\":{}}")
                            .body())
                    .isEqualTo("{\"status\":\"success\",\"value\":1.0}");
            assertThat(server.post("/api/query", "{\"path\":\"system:freshness\",\"args\":{}}")
                            .body())
                    .contains("unauthenticated");
        }
    }

    @Test
    void aJarThatCannotBeUsedKeepsTheServerFromStarting() throws Exception {
        Map<String, String> broken = withJar("dev.freshet.server.Lost");

        assertThatThrownBy(() -> new ServerUnderTest(folder.resolve("data"), broken))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("FRESHET_FUNCTIONS")
                .hasMessageContaining("sample.jar");
    }
}
