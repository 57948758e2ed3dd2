package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodegenCommandTest {
    @TempDir
    private Path folder;

    @Test
    void theWebAppsFileIsWhatTheServersFunctionsGive() throws IOException {
        Path root = Path.of(Objects.requireNonNull(System.getProperty("freshet.root"), "the build sets freshet.root"));
        Path written = folder.resolve("made/on/the/way/api.ts");
        StringWriter errors = new StringWriter();

        int exitCode = Main.run(new String[] {"codegen", "--out", written.toString()}, new PrintWriter(errors, true));

        assertThat(exitCode).as(errors.toString()).isZero();
        assertThat(Files.readString(root.resolve("web/src/generated/api.ts")))
                .as("run ./freshet codegen --out web/src/generated/api.ts")
                .isEqualTo(Files.readString(written));
    }

    @Test
    void aFolderThatIsNoneIsNamed() {
        StringWriter errors = new StringWriter();

        int exitCode = Main.run(
                new String[] {"codegen", "--functions", folder.resolve("lost").toString()},
                new PrintWriter(errors, true));

        assertThat(exitCode).isEqualTo(1);
        assertThat(errors.toString()).contains("FRESHET_FUNCTIONS").contains("is no folder");
    }
}
