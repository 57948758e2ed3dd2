package dev.freshet.fuzzing;

import dev.freshet.eventlog.LogFile;
import dev.freshet.eventlog.LogFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files in memory, so that a decoder of files can be given many. Confined to one thread. */
public final class MemoryFiles implements LogFiles {
    private final Map<Path, MemoryFile> files = new HashMap<>();

    /** One file; stays open, whatever is closed. */
    private static final class MemoryFile implements LogFile {
        private byte[] bytes = new byte[0];

        @Override
        public int read(ByteBuffer target, long offset) {
            if (offset >= bytes.length) {
                return -1;
            }
            int count = Math.min(target.remaining(), bytes.length - (int) offset);
            target.put(bytes, (int) offset, count);
            return count;
        }

        @Override
        public void write(ByteBuffer source, long offset) {
            int at = Math.toIntExact(offset);
            int count = source.remaining();
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length, at + count));
            source.get(bytes, at, count);
        }

        @Override
        public void sync() {
            // memory is as safe as it gets
        }

        @Override
        public void truncate(long sizeBytes) {
            bytes = Arrays.copyOf(bytes, Math.toIntExact(sizeBytes));
        }

        @Override
        public long sizeBytes() {
            return bytes.length;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    /** The bytes of a file, not copied. */
    public byte[] content(Path file) throws IOException {
        return existing(file).bytes;
    }

    /** Puts a file in the place of what was there. Takes the bytes without copying them. */
    public void setContent(Path file, byte[] bytes) {
        files.computeIfAbsent(file, _ -> new MemoryFile()).bytes = bytes;
    }

    private MemoryFile existing(Path file) throws IOException {
        MemoryFile found = files.get(file);
        if (found == null) {
            throw new NoSuchFileException(file.toString());
        }
        return found;
    }

    @Override
    public void createFolder(Path folder) {
        // a folder is there once a file is in it
    }

    @Override
    public List<String> list(Path folder) {
        return files.keySet().stream()
                .filter(file -> folder.equals(file.getParent()))
                .map(file -> folder.relativize(file).toString())
                .toList();
    }

    @Override
    public LogFile open(Path file) {
        return files.computeIfAbsent(file, _ -> new MemoryFile());
    }

    @Override
    public LogFile openForReading(Path file) throws IOException {
        return existing(file);
    }

    @Override
    public void delete(Path file) throws IOException {
        files.remove(file, existing(file));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        files.put(to, existing(from));
        files.remove(from);
    }

    @Override
    public void syncFolder(Path folder) {
        // as for files
    }

    @Override
    public long usableBytes(Path folder) {
        return Long.MAX_VALUE;
    }

    @Override
    public Optional<Closeable> tryLock(Path file) {
        return Optional.of(() -> {});
    }
}
