package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server with functions out of a jar. */
class FunctionJarsIT {
    @TempDir
    private Path folder;

    private Map<String, String> withJar(String moduleClass) throws IOException {
        return SampleJar.in(folder, moduleClass);
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
