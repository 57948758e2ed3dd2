package dev.freshet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * The demo account's password and its team's write key. They rest in the demo's data folder, readable by its owner only, so
 * that a demo whose data is kept can sign in again.
 */
record DemoKeys(String password, String writeKey) {
    private static final String FILE = "demo-keys";
    private static final int RANDOM_BYTES = 18;

    static DemoKeys open(Path dataFolder, SecureRandom random) throws IOException {
        Path file = dataFolder.resolve(FILE);
        if (Files.exists(file)) {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() >= 2) {
                return new DemoKeys(lines.get(0), lines.get(1));
            }
        }
        DemoKeys keys = new DemoKeys(text(random), "demo-" + text(random));
        Files.createDirectories(dataFolder);
        Files.deleteIfExists(file);
        Files.createFile(file, ownerOnly(dataFolder));
        Files.write(file, List.of(keys.password, keys.writeKey));
        return keys;
    }

    private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
        return Files.getFileStore(folder).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static String text(SecureRandom random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
        return "DemoKeys[]";
    }
}
