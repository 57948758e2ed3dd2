package dev.freshet.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** A small text file that only this user can read, and that is there in full or not at all. */
record PrivateFile(Path path) {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    Optional<String> read() {
        try {
            if (!Files.exists(path)) {
                return Optional.empty();
            }
            if (POSIX) {
                // A copy or an unpacked backup may have opened it to others.
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            }
            return Optional.of(Files.readString(path));
        } catch (IOException e) {
            throw unusable("read", e);
        }
    }

    void create(String text) {
        Path draft = path.resolveSibling(path.getFileName() + ".draft");
        FileAttribute<?>[] attributes = POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            Files.deleteIfExists(draft);
            try (FileChannel channel = FileChannel.open(
                    draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unusable("write", e);
        }
    }

    private AuthException unusable(String verb, IOException cause) {
        return new AuthException(AuthException.Code.UNUSABLE_KEY_FILE, "cannot " + verb + " " + path, cause);
    }
}
