package dev.freshet.importer;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A file to be imported, on disk or inside the program. The hash of its content, not its name, is what event ids and
 * remembered shifts hang on: a renamed copy is the same file.
 *
 * @param name for messages
 * @param sha256 of the content, 64 hexadecimal digits
 * @param size in bytes
 */
public record ImportFile(String name, String sha256, long size, Content content) {
    /** Opens the content from its start; each call gives a stream of its own. */
    @FunctionalInterface
    public interface Content {
        InputStream open() throws IOException;

        /** The file on the disk, for formats that are not read from their start to their end. */
        default Optional<Path> path() {
            return Optional.empty();
        }
    }

    private record OnDisk(Path file) implements Content {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public Optional<Path> path() {
            return Optional.of(file);
        }
    }

    /** Reads the file once, for its hash. */
    public static ImportFile of(Path path) throws ImportException {
        return read(path.toString(), new OnDisk(path));
    }

    /** Reads the resource once, for its hash. */
    public static ImportFile of(URL resource) throws ImportException {
        String file = resource.getPath();
        return read(file.substring(file.lastIndexOf('/') + 1), resource::openStream);
    }

    InputStream open() throws ImportException {
        try {
            return content.open();
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    static ImportException unreadable(String name, IOException cause) {
        String reason = cause instanceof NoSuchFileException || cause instanceof FileNotFoundException
                ? "there is no such file"
                : String.valueOf(cause.getMessage());
        return new ImportException(
                ImportException.Code.UNREADABLE_FILE, "Cannot read " + name + ": " + reason + ".", cause);
    }

    private static ImportFile read(String name, Content content) throws ImportException {
        MessageDigest digest = sha256Digest();
        try (InputStream in = new DigestInputStream(content.open(), digest)) {
            long size = in.transferTo(OutputStream.nullOutputStream());
            return new ImportFile(name, HexFormat.of().formatHex(digest.digest()), size, content);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    static MessageDigest sha256Digest() {
        return digest("SHA-256");
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has " + algorithm, e);
        }
    }
}
