package dev.freshet.reactive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** One decimal number in a file. Written beside, synced, then renamed over, so that a crash leaves the old or the new. */
record TimestampCeilingFile(Path file) implements TimestampCeiling {
    @Override
    public long read() {
        try {
            return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read the timestamp ceiling in " + file, failure);
        } catch (NumberFormatException failure) {
            throw new UncheckedIOException(
                    new IOException("the timestamp ceiling in " + file + " is no number", failure));
        }
    }

    @Override
    public void store(long ceilingNs) {
        Path folder = file.toAbsolutePath().getParent();
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            try (FileChannel channel = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer text = ByteBuffer.wrap((ceilingNs + "\n").getBytes(StandardCharsets.US_ASCII));
                while (text.hasRemaining()) {
                    channel.write(text);
                }
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            if (folder != null) {
                try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot store the timestamp ceiling in " + file, failure);
        }
    }
}
