package dev.freshet.duplicates;

import dev.freshet.eventlog.LogFile;
import dev.freshet.eventlog.LogFiles;
import dev.freshet.eventlog.MemoryLogFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A disk in memory that, while it damages, cuts the end of each run as it gets its name, without an error. */
final class DamagingFiles implements LogFiles {
    private final MemoryLogFiles files = new MemoryLogFiles();
    private volatile boolean isDamaging;

    void setDamaging(boolean damages) {
        isDamaging = damages;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        files.rename(from, to);
        if (isDamaging && to.getFileName().toString().startsWith("run-")) {
            byte[] whole = files.content(to);
            files.setContent(to, Arrays.copyOf(whole, whole.length - 1));
        }
    }

    @Override
    public void createFolder(Path folder) {
        files.createFolder(folder);
    }

    @Override
    public List<String> list(Path folder) {
        return files.list(folder);
    }

    @Override
    public LogFile open(Path file) throws IOException {
        return files.open(file);
    }

    @Override
    public LogFile openForReading(Path file) throws IOException {
        return files.openForReading(file);
    }

    @Override
    public void delete(Path file) throws IOException {
        files.delete(file);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        files.syncFolder(folder);
    }

    @Override
    public long usableBytes(Path folder) {
        return files.usableBytes(folder);
    }

    @Override
    public Optional<Closeable> tryLock(Path file) {
        return files.tryLock(file);
    }
}
