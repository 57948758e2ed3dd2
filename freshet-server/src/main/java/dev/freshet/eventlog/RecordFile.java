package dev.freshet.eventlog;

import dev.freshet.eventlog.EventLogException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A small file of records, each whole or not there, for journals that are read as a whole at start. Records are framed and
 * checked as those of the event log; a torn tail is cut when the file is opened, damage to what was synced is an error.
 *
 * <p>Confined to one thread, which must not be interrupted in here. A record is safe once {@link #sync} returned after its
 * {@link #append}. After a failed call the file takes nothing more until it is opened again.
 */
public final class RecordFile implements AutoCloseable {
    private final LogFiles files;
    private final Path path;
    private final Path folder;
    private LogFile file;
    private long sizeBytes;
    private long nextPosition;
    private long syncedPosition;
    private boolean hasFailed;

    private RecordFile(LogFiles files, Path folder, Path path) throws IOException {
        this.files = files;
        this.path = path;
        this.folder = folder;
        this.file = files.open(path);
        try {
            recover();
        } catch (IOException | RuntimeException failure) {
            try {
                file.close();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /**
     * Opens the file, creating it and its folder where missing.
     *
     * @throws EventLogException CORRUPT or INPUT_OUTPUT
     */
    public static RecordFile open(LogFiles files, Path path) {
        try {
            Path absolute = path.toAbsolutePath();
            Path folder = absolute.resolveSibling("").normalize();
            files.createFolder(folder);
            return new RecordFile(files, folder, absolute);
        } catch (IOException failure) {
            throw new EventLogException(
                    Code.INPUT_OUTPUT, "The file " + path + " cannot be opened: " + failure, failure);
        }
    }

    private void recover() throws IOException {
        FrameScan scan = FrameScan.of(file, 1, (frame, payload) -> {});
        if (scan.isDamaged()) {
            throw new EventLogException(
                    Code.CORRUPT,
                    "The file " + path + " is damaged at offset " + scan.soundBytes() + ". Restore it from a copy.");
        }
        if (scan.soundBytes() < scan.sizeBytes()) {
            file.truncate(scan.soundBytes());
        }
        FileRange.copy(file, file, scan.syncedBytes(), scan.soundBytes());
        file.sync();
        files.syncFolder(folder);
        sizeBytes = scan.soundBytes();
        nextPosition = scan.nextPosition();
        syncedPosition = nextPosition - 1;
    }

    /** All records in the order of their appending, unsynced ones included. */
    public List<byte[]> readAll() {
        requireUsable();
        List<byte[]> records = new ArrayList<>();
        try {
            FrameScan scan = FrameScan.of(file, 1, (frame, payload) -> records.add(payload));
            if (scan.soundBytes() != sizeBytes) {
                throw new EventLogException(
                        Code.CORRUPT, "The file " + path + " is damaged at offset " + scan.soundBytes() + ".");
            }
        } catch (IOException failure) {
            throw new EventLogException(Code.INPUT_OUTPUT, "The file " + path + " cannot be read: " + failure, failure);
        }
        return records;
    }

    /** Adds a record; it is safe once {@link #sync} returned. */
    public void append(byte[] record) {
        requireUsable();
        try {
            write(record);
        } catch (IOException failure) {
            throw fail(failure);
        }
    }

    public void sync() {
        requireUsable();
        try {
            file.sync();
            syncedPosition = nextPosition - 1;
        } catch (IOException failure) {
            throw fail(failure);
        }
    }

    /**
     * Replaces the whole content in one step, synced: a crash leaves all of the old records or all of the new ones. Costs
     * a new file.
     */
    public void rewrite(List<byte[]> records) {
        requireUsable();
        Path replacement = path.resolveSibling(path.getFileName() + ".new");
        try {
            file.close();
            file = files.open(replacement);
            file.truncate(0);
            sizeBytes = 0;
            nextPosition = 1;
            syncedPosition = 0;
            for (byte[] record : records) {
                write(record);
            }
            file.sync();
            files.rename(replacement, path);
            files.syncFolder(folder);
            syncedPosition = nextPosition - 1;
        } catch (IOException failure) {
            throw fail(failure);
        }
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    private void write(byte[] record) throws IOException {
        Frame open = Frame.of(record.length, 1, nextPosition, syncedPosition, false);
        CRC32C crc = open.startChecksum();
        crc.update(record);
        ByteBuffer framed =
                ByteBuffer.allocate(Math.toIntExact(open.sizeBytes())).order(ByteOrder.LITTLE_ENDIAN);
        open.withChecksum(crc).put(framed);
        file.write(framed.put(record).flip(), sizeBytes);
        sizeBytes += open.sizeBytes();
        nextPosition++;
    }

    private void requireUsable() {
        if (hasFailed) {
            throw new EventLogException(
                    Code.FAILED, "An earlier write to " + path + " failed; it must be opened again first.");
        }
    }

    private EventLogException fail(IOException cause) {
        hasFailed = true;
        return new EventLogException(Code.FAILED, "Writing " + path + " failed: " + cause, cause);
    }

    /** Does not sync. */
    @Override
    public void close() {
        hasFailed = true;
        try {
            file.close();
        } catch (IOException failure) {
            throw new EventLogException(
                    Code.INPUT_OUTPUT, "The file " + path + " cannot be closed: " + failure, failure);
        }
    }
}
