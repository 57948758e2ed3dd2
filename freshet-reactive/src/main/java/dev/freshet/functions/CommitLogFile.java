package dev.freshet.functions;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.reactive.CommitStore;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits in one file, one frame each: length, checksum, and lines of text, the first with the timestamp, the others with
 * a write each. What stands behind the last whole frame when it is opened was never answered for; it is set aside and cut
 * off. Written anew when it has grown to several times what is live. One process at a time. Not thread-safe.
 */
public final class CommitLogFile implements CommitStore {
    private static final Logger LOG = LoggerFactory.getLogger(CommitLogFile.class);
    private static final int FRAME_HEAD = 8;
    private static final int MOST_FRAME = 1 << 30;
    private static final long NEVER_OVERGROWN_BELOW = 64L << 20;
    private static final int GROWTH = 4;
    private static final int DOCUMENTS_A_FRAME = 500;

    private final Path file;
    /** Held beside the log, which is replaced when it is written anew. */
    private final FileChannel lockChannel;

    private final ByteArrayOutputStream unwritten = new ByteArrayOutputStream();
    private FileChannel channel;
    private long size;
    private long sizeWhenRewritten;

    private CommitLogFile(Path file, FileChannel lockChannel, FileChannel channel) {
        this.file = file;
        this.lockChannel = lockChannel;
        this.channel = channel;
    }

    /**
     * Opens the log, or begins one.
     *
     * @throws IllegalStateException when another process has it open
     */
    public static CommitLogFile open(Path file) {
        try {
            FileChannel lockChannel = FileChannel.open(
                    file.resolveSibling(file.getFileName() + ".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            if (!isLocked(lockChannel)) {
                lockChannel.close();
                throw new IllegalStateException("another process has the commits in " + file + " open; stop it first");
            }
            return new CommitLogFile(file, lockChannel, openChannel(file));
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot open the commits in " + file, failure);
        }
    }

    private static boolean isLocked(FileChannel lockChannel) throws IOException {
        try {
            FileLock lock = lockChannel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException ownProcess) {
            LOG.debug("this process has the commits open already", ownProcess);
            return false;
        }
    }

    private static FileChannel openChannel(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private record Key(String table, String id) {}

    @Override
    public long load(Consumer<StoredDocument> documents) {
        Map<Key, StoredDocument> live = new LinkedHashMap<>();
        long lastNs = 0;
        long whole = 0;
        try {
            long length = channel.size();
            DataInputStream input =
                    new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel.position(0)), 1 << 16));
            for (Optional<String> frame = readFrame(input); frame.isPresent(); frame = readFrame(input)) {
                lastNs = Math.max(lastNs, apply(frame.get(), live));
                whole += FRAME_HEAD + frame.get().getBytes(StandardCharsets.UTF_8).length;
            }
            if (whole < length) {
                setAside(whole, length);
            }
            channel.position(whole);
            size = whole;
            sizeWhenRewritten = whole;
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read the commits in " + file, failure);
        }
        live.values().forEach(documents);
        return lastNs;
    }

    private static Optional<String> readFrame(DataInputStream input) throws IOException {
        try {
            int length = input.readInt();
            int checksum = input.readInt();
            if (length <= 0 || length > MOST_FRAME) {
                return Optional.empty();
            }
            byte[] payload = input.readNBytes(length);
            return payload.length == length && checksumOf(payload) == checksum
                    ? Optional.of(new String(payload, StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (EOFException end) {
            return Optional.empty();
        }
    }

    private static long apply(String frame, Map<Key, StoredDocument> live) {
        List<String> lines = frame.lines().toList();
        long timestampNs = Long.parseLong(lines.getFirst());
        for (String line : lines.subList(1, lines.size())) {
            ConvexObject write = (ConvexObject) ConvexJson.decode(line);
            Key key = new Key(write.string("table"), write.string("id"));
            Optional<ConvexObject> content = write.findObject("document");
            if (content.isPresent()) {
                long writtenAtNs = write.findInt64("writtenAt").orElse(timestampNs);
                live.put(
                        key,
                        new StoredDocument(
                                key.table, key.id, write.number("creationTime"), content.get(), writtenAtNs));
            } else {
                live.remove(key);
            }
        }
        return timestampNs;
    }

    private void setAside(long whole, long length) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".torn");
        LOG.warn(
                "the last commit was torn and had not been answered for; its bytes are set aside [bytes={}, file={}]",
                length - whole,
                aside);
        try (FileChannel target = FileChannel.open(
                aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            long moved = whole;
            while (moved < length) {
                moved += channel.transferTo(moved, length - moved, target);
            }
        }
        channel.truncate(whole);
        channel.force(true);
    }

    @Override
    public void append(long timestampNs, List<StoredWrite> writes) {
        List<String> lines = new ArrayList<>();
        for (StoredWrite write : writes) {
            lines.add(write.document()
                    .map(document -> line(document).build())
                    .map(ConvexJson::encode)
                    .orElseGet(() ->
                            ConvexJson.encode(keyOf(write.table(), write.id()).build())));
        }
        addFrame(unwritten, timestampNs, lines);
    }

    private static ConvexObject.Builder keyOf(String table, String id) {
        return ConvexObject.builder().put("table", table).put("id", id);
    }

    private static ConvexObject.Builder line(StoredDocument document) {
        return keyOf(document.table(), document.id())
                .put("creationTime", document.creationTimeMs())
                .put("document", document.content());
    }

    private static void addFrame(ByteArrayOutputStream target, long timestampNs, List<String> lines) {
        byte[] payload = (timestampNs + "\n" + String.join("\n", lines)).getBytes(StandardCharsets.UTF_8);
        byte[] head = ByteBuffer.allocate(FRAME_HEAD)
                .putInt(payload.length)
                .putInt(checksumOf(payload))
                .array();
        target.writeBytes(head);
        target.writeBytes(payload);
    }

    private static int checksumOf(byte[] payload) {
        CRC32C checksum = new CRC32C();
        checksum.update(payload);
        return (int) checksum.getValue();
    }

    @Override
    public void sync() {
        try {
            size += writeAll(channel, unwritten);
            channel.force(false);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the commits in " + file, failure);
        }
    }

    private static long writeAll(FileChannel target, ByteArrayOutputStream bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
        while (buffer.hasRemaining()) {
            target.write(buffer);
        }
        bytes.reset();
        return buffer.limit();
    }

    @Override
    public boolean isOvergrown() {
        return size > Math.max(NEVER_OVERGROWN_BELOW, GROWTH * sizeWhenRewritten);
    }

    @Override
    public void rewrite(long timestampNs, Iterable<StoredDocument> live) {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.deleteIfExists(next);
            FileChannel target = openChannel(next);
            long written = 0;
            List<String> lines = new ArrayList<>();
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            for (StoredDocument document : live) {
                lines.add(ConvexJson.encode(line(document)
                        .put("writtenAt", ConvexValue.int64(document.writtenAtNs()))
                        .build()));
                if (lines.size() == DOCUMENTS_A_FRAME) {
                    addFrame(frames, timestampNs, lines);
                    written += writeAll(target, frames);
                    lines.clear();
                }
            }
            addFrame(frames, timestampNs, lines);
            written += writeAll(target, frames);
            target.force(true);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncFolder();
            channel.close();
            channel = target;
            size = written;
            sizeWhenRewritten = written;
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the commits in " + file + " anew", failure);
        }
    }

    private void syncFolder() throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel folderChannel = FileChannel.open(folder, StandardOpenOption.READ)) {
                folderChannel.force(true);
            }
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            lockChannel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot close the commits in " + file, failure);
        }
    }
}
