package dev.freshet.chdb;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Finds the native library that npm installed for this machine. */
public final class ChdbLibrary {
    private ChdbLibrary() {}

    /**
     * @param nativeFolder the folder with the {@code package.json} whose {@code npm install} installs the engine
     * @throws ChdbException LIBRARY_UNUSABLE, naming the package to install
     */
    public static Path locate(Path nativeFolder) {
        String packageName = packageName(System.getProperty("os.name"), System.getProperty("os.arch"));
        Path library = nativeFolder.resolve("node_modules").resolve(packageName).resolve("libchdb.so");
        if (!Files.isRegularFile(library)) {
            throw new ChdbException(
                    ChdbException.LIBRARY_UNUSABLE,
                    "the ClickHouse engine is not installed: run npm install in %s (npm package %s)"
                            .formatted(nativeFolder, packageName));
        }
        return library;
    }

    static String packageName(String operatingSystem, String architecture) {
        String system = operatingSystem.toLowerCase(Locale.ROOT);
        boolean isArm = architecture.equals("aarch64") || architecture.equals("arm64");
        boolean isIntel = architecture.equals("amd64") || architecture.equals("x86_64");
        if (system.startsWith("linux") && isIntel) {
            return "@chdb/lib-linux-x64-gnu";
        }
        if (system.startsWith("linux") && isArm) {
            return "@chdb/lib-linux-arm64-gnu";
        }
        if (system.startsWith("mac") && isIntel) {
            return "@chdb/lib-darwin-x64";
        }
        if (system.startsWith("mac") && isArm) {
            return "@chdb/lib-darwin-arm64";
        }
        throw new ChdbException(
                ChdbException.LIBRARY_UNUSABLE,
                "there is no build of the ClickHouse engine for %s on %s".formatted(operatingSystem, architecture));
    }
}
