package dev.freshet.profiles;

import dev.freshet.eventlog.EventLog;
import dev.freshet.eventlog.LogFiles;
import dev.freshet.eventlog.RecordFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers across restarts up to where changes of profiles are applied. It may be behind, never ahead. Confined to one
 * thread after the start.
 */
public final class ProfiledPosition implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ProfiledPosition.class);
    private static final long LAZY_NS = Duration.ofSeconds(2).toNanos();
    private static final long REWRITE_BYTES = 16 * 1024;

    private final RecordFile file;
    private final LongSupplier nanoTime;
    private long noted;
    private long notedAtNs;

    private ProfiledPosition(RecordFile file, long noted, LongSupplier nanoTime) {
        this.file = file;
        this.noted = noted;
        this.nanoTime = nanoTime;
        notedAtNs = nanoTime.getAsLong();
    }

    /**
     * Opens or creates the file. What the log no longer holds, or does not hold yet, cannot be asked for: the position is
     * brought within it.
     */
    public static ProfiledPosition open(LogFiles files, Path path, EventLog eventLog, LongSupplier nanoTime) {
        RecordFile file = RecordFile.open(files, path);
        List<byte[]> records = file.readAll();
        long known = records.isEmpty() ? 0 : ByteBuffer.wrap(records.getLast()).getLong();
        long within = Math.clamp(known, eventLog.oldestPosition() - 1, eventLog.durablePosition());
        if (within != known && !records.isEmpty()) {
            log.warn("the log does not go on where profiles were applied up to [known={}, used={}]", known, within);
        }
        return new ProfiledPosition(file, within, nanoTime);
    }

    public long position() {
        return noted;
    }

    /** @param isAtOnce whether to sync now; otherwise it is done every two seconds at most, while the position moves */
    void note(long position, boolean isAtOnce) {
        long nowNs = nanoTime.getAsLong();
        if (position == noted || (!isAtOnce && nowNs - notedAtNs < LAZY_NS)) {
            return;
        }
        byte[] record = ByteBuffer.allocate(Long.BYTES).putLong(position).array();
        if (file.sizeBytes() > REWRITE_BYTES) {
            file.rewrite(List.of(record));
        } else {
            file.append(record);
            file.sync();
        }
        noted = position;
        notedAtNs = nowNs;
    }

    @Override
    public void close() {
        file.close();
    }
}
