package dev.freshet.chdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChdbLibraryTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, @chdb/lib-linux-x64-gnu",
        "Linux, aarch64, @chdb/lib-linux-arm64-gnu",
        "Mac OS X, x86_64, @chdb/lib-darwin-x64",
        "Mac OS X, aarch64, @chdb/lib-darwin-arm64"
    })
    void eachMachineHasItsPackage(String system, String architecture, String expected) {
        assertThat(ChdbLibrary.packageName(system, architecture)).isEqualTo(expected);
    }

    @Test
    void aMachineWithoutABuildIsRefusedByName() {
        assertThat(TestEngine.failureOf(() -> ChdbLibrary.packageName("Windows 11", "amd64")))
                .hasMessageContaining("Windows 11 on amd64")
                .extracting(ChdbException::codeName)
                .isEqualTo(ChdbException.LIBRARY_UNUSABLE);
    }

    @Test
    void anEngineThatIsNotInstalledIsNamedWithWhatToDo(@TempDir Path folder) {
        assertThat(TestEngine.failureOf(() -> ChdbLibrary.locate(folder)))
                .hasMessageContaining("npm install in " + folder)
                .extracting(ChdbException::codeName)
                .isEqualTo(ChdbException.LIBRARY_UNUSABLE);
    }
}
