package dev.freshet.server;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** The folder that holds all that a server keeps. Only its owner may look into it. */
public final class DataFolder {
    private static final String ANNOUNCEMENT = "server-url";

    private DataFolder() {}

    /** @throws ConfigException when it cannot be made or written */
    static Path prepare(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
                    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
                }
            }
            return folder.toRealPath();
        } catch (IOException e) {
            throw new ConfigException(
                    "the data folder %s cannot be made (%s): choose another by FRESHET_DATA_DIR or --data-dir"
                            .formatted(folder, e.getMessage()),
                    e);
        }
    }

    /** Writes where the server listens, for commands beside it; the result takes it back. */
    static AutoCloseable announce(Path folder, URI url) {
        Path file = folder.resolve(ANNOUNCEMENT);
        try {
            Files.writeString(file, url.toString(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new ConfigException("%s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
        return () -> Files.deleteIfExists(file);
    }

    /**
     * Where a server that uses the folder says that it listens. It may have died without taking that back, so whoever
     * uses this must be prepared to find nobody there.
     */
    public static Optional<URI> announcedUrl(Path folder) throws IOException {
        Path file = folder.resolve(ANNOUNCEMENT);
        return Files.exists(file)
                ? Optional.of(URI.create(
                        Files.readString(file, StandardCharsets.US_ASCII).strip()))
                : Optional.empty();
    }
}
