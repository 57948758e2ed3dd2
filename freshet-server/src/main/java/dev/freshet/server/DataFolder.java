package dev.freshet.server;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
            // In one step: a command that reads meanwhile must not see half of it.
            Path whole = Files.createTempFile(folder, ANNOUNCEMENT, ".new");
            Files.writeString(whole, url.toString(), StandardCharsets.US_ASCII);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ConfigException("%s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
        return () -> Files.deleteIfExists(file);
    }

    /**
     * Where a server that uses the folder says that it listens. It may have died without taking that back, so whoever
     * uses this must be prepared to find nobody there.
     */
    public static Optional<URI> announcedUrl(Path folder) {
        Path file = folder.resolve(ANNOUNCEMENT);
        try {
            return Files.exists(file)
                    ? Optional.of(new URI(
                            Files.readString(file, StandardCharsets.US_ASCII).strip()))
                    : Optional.empty();
        } catch (IOException | URISyntaxException e) {
            throw new ConfigException(
                    "%s cannot be read (%s): remove it if no server uses the data folder"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }
}
