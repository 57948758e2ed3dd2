package dev.freshet.reactive;

import dev.freshet.runtime.Randomness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/** A secret key in a file of its own, made at the first start. */
final class CursorKeyFile {
    private CursorKeyFile() {}

    static byte[] readOrMake(Path file, int length, Randomness randomness) {
        try {
            if (Files.exists(file)) {
                byte[] key = Files.readAllBytes(file);
                if (key.length != length) {
                    throw new IOException("it has " + key.length + " bytes, not " + length
                            + "; delete it, and clients begin again with their first pages");
                }
                return key;
            }
            byte[] key = randomness.bytes(length);
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.deleteIfExists(next);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.write(next, Arrays.copyOf(key, length));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            return key;
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot use the key of cursors in " + file, failure);
        }
    }
}
