package dev.freshet.functions;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.functions.value.InvalidValueException;
import dev.freshet.reactive.CommitStore;
import dev.freshet.reactive.DatabaseException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
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
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits in one file, in frames that are synced one after the other: length, checksum, and lines of text, for each commit
 * one with its timestamp and then one for each of its writes. All commits that share a sync share a frame, so that a whole
 * frame behind a damaged one proves that the damaged one was answered for once: then the file is not opened. What stands
 * behind the last whole frame otherwise was never answered for; it is set aside and cut off. Written anew when it has grown
 * to several times what is live. One process at a time. Not thread-safe.
 */
public final class CommitLogFile implements CommitStore {
    private static final Logger LOG = LoggerFactory.getLogger(CommitLogFile.class);
    private static final long NEVER_OVERGROWN_BELOW = 64L << 20;
    private static final int GROWTH = 4;
    /** Commits of more characters, or documents of a file written anew, get a frame of their own. */
    private static final int FRAME_CHARACTERS = 4 << 20;
    /** At three bytes a character a frame can hold them. */
    private static final int MOST_CHARACTERS = 256 << 20;

    private final Path file;
    /** Held beside the log, which is replaced when it is written anew. */
    private final FileChannel lockChannel;

    private final ChannelOpener opener;
    private final List<byte[]> unwritten = new ArrayList<>();
    private final StringBuilder unwrittenCommits = new StringBuilder();
    private FileChannel channel;
    /** Up to here everything is synced. */
    private long size;

    private long overgrownFrom;
    /** Whether a sync has failed, after which one that succeeds proves nothing of what the file held. */
    private boolean isDoubtful;

    private CommitLogFile(Path file, FileChannel lockChannel, ChannelOpener opener) throws IOException {
        this.file = file;
        this.lockChannel = lockChannel;
        this.opener = opener;
        this.channel = opener.open(file);
    }

    /** Opens a file to read and write, and makes it if it is not there. */
    @FunctionalInterface
    interface ChannelOpener {
        FileChannel open(Path file) throws IOException;
    }

    /**
     * Opens the log, or begins one.
     *
     * @throws IllegalStateException when another process has it open
     */
    public static CommitLogFile open(Path file) {
        return open(file, CommitLogFile::openChannel);
    }

    static CommitLogFile open(Path file, ChannelOpener opener) {
        try {
            FileChannel lockChannel = FileChannel.open(
                    file.resolveSibling(file.getFileName() + ".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            if (!isLocked(lockChannel)) {
                lockChannel.close();
                throw new IllegalStateException("another process has the commits in " + file + " open; stop it first");
            }
            CommitLogFile opened = new CommitLogFile(file, lockChannel, opener);
            syncFolderOf(file);
            return opened;
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
            for (Optional<byte[]> frame = CommitFrame.read(input); frame.isPresent(); frame = CommitFrame.read(input)) {
                lastNs = Math.max(lastNs, apply(whole, frame.get(), live));
                whole += CommitFrame.HEAD_BYTES + frame.get().length;
            }
            if (whole < length) {
                requireNothingBehind(whole, lastNs);
                setAside(whole, length);
            }
            channel.position(whole);
            wroteAnew(whole);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read the commits in " + file, failure);
        }
        live.values().forEach(documents);
        return lastNs;
    }

    private long apply(long frameOffset, byte[] frame, Map<Key, StoredDocument> live) {
        try {
            return apply(new String(frame, StandardCharsets.UTF_8), live);
        } catch (InvalidValueException | NumberFormatException fault) {
            throw new IllegalStateException(
                    "the commits in %s from byte %d on are none that this version writes: %s; restore the file from a backup,"
                                    .formatted(file, frameOffset, fault.getMessage())
                            + " or start the version that wrote it",
                    fault);
        }
    }

    private static long apply(String frame, Map<Key, StoredDocument> live) {
        long timestampNs = 0;
        for (String line : frame.lines().toList()) {
            if (line.startsWith("{")) {
                apply(timestampNs, object(line), live);
            } else {
                timestampNs = Long.parseLong(line);
            }
        }
        return timestampNs;
    }

    /** What begins with a brace can be an integer or bytes as well. */
    private static ConvexObject object(String line) {
        if (ConvexJson.decode(line) instanceof ConvexObject write) {
            return write;
        }
        throw new InvalidValueException("a write is no object");
    }

    private static void apply(long timestampNs, ConvexObject write, Map<Key, StoredDocument> live) {
        Key key = new Key(write.string("table"), write.string("id"));
        Optional<ConvexObject> content = write.findObject("document");
        if (content.isPresent()) {
            long writtenAtNs = write.findInt64("writtenAt").orElse(timestampNs);
            live.put(
                    key,
                    new StoredDocument(key.table, key.id, write.number("creationTime"), content.get(), writtenAtNs));
        } else {
            live.remove(key);
        }
    }

    private void requireNothingBehind(long damaged, long lastNs) throws IOException {
        OptionalLong next = CommitFrame.findBehind(channel, damaged, lastNs);
        if (next.isPresent()) {
            throw new IllegalStateException(
                    ("the commits in %s are damaged from byte %d on, and commits that were answered for follow from byte %d"
                                    + " on; restore the file from a backup, or, to give up all commits from the damage on,"
                                    + " keep a copy of it and cut it there: truncate -s %d %s")
                            .formatted(file, damaged, next.getAsLong(), damaged, file));
        }
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
        StringBuilder commit = new StringBuilder().append(timestampNs).append('\n');
        for (StoredWrite write : writes) {
            commit.append(write.document()
                            .map(document -> line(document).build())
                            .map(ConvexJson::encode)
                            .orElseGet(() -> ConvexJson.encode(
                                    keyOf(write.table(), write.id()).build())))
                    .append('\n');
            if (commit.length() > MOST_CHARACTERS) {
                throw new DatabaseException(
                        DatabaseException.Code.TRANSACTION_TOO_LARGE,
                        "a commit writes at most 256 MiB to durable tables");
            }
        }
        if (unwrittenCommits.length() + commit.length() > FRAME_CHARACTERS) {
            endFrame();
        }
        if (commit.length() > FRAME_CHARACTERS) {
            unwritten.add(commit.toString().getBytes(StandardCharsets.UTF_8));
        } else {
            unwrittenCommits.append(commit);
        }
    }

    private void endFrame() {
        if (!unwrittenCommits.isEmpty()) {
            unwritten.add(unwrittenCommits.toString().getBytes(StandardCharsets.UTF_8));
            unwrittenCommits.setLength(0);
        }
    }

    private static ConvexObject.Builder keyOf(String table, String id) {
        return ConvexObject.builder().put("table", table).put("id", id);
    }

    private static ConvexObject.Builder line(StoredDocument document) {
        return keyOf(document.table(), document.id())
                .put("creationTime", document.creationTimeMs())
                .put("document", document.content());
    }

    @Override
    public void sync() {
        endFrame();
        try {
            long written = 0;
            for (byte[] payload : unwritten) {
                written += write(channel, payload);
                force(false);
            }
            size += written;
            unwritten.clear();
        } catch (IOException failure) {
            unwritten.clear();
            cutBackAfter(failure);
            throw new UncheckedIOException("cannot write the commits in " + file, failure);
        }
    }

    private static long write(FileChannel target, byte[] payload) throws IOException {
        ByteBuffer frame = CommitFrame.of(payload);
        while (frame.hasRemaining()) {
            target.write(frame);
        }
        return frame.limit();
    }

    private void force(boolean withLength) throws IOException {
        boolean isForced = false;
        try {
            channel.force(withLength);
            isForced = true;
        } finally {
            isDoubtful |= !isForced;
        }
    }

    /** A restart must not find what was refused, as far as the disk lets that be. */
    private void cutBackAfter(IOException failure) {
        try {
            cutBack();
        } catch (IOException further) {
            isDoubtful = true;
            failure.addSuppressed(further);
        }
    }

    private void cutBack() throws IOException {
        channel.truncate(size);
        channel.position(size);
        force(true);
    }

    @Override
    public void recover(long timestampNs, Iterable<StoredDocument> live) {
        unwritten.clear();
        unwrittenCommits.setLength(0);
        if (!isDoubtful) {
            try {
                cutBack();
                return;
            } catch (IOException failure) {
                isDoubtful = true;
                LOG.warn("the commits cannot be cut back and are written anew [file={}]", file, failure);
            }
        }
        rewrite(timestampNs, live);
    }

    @Override
    public boolean isOvergrown() {
        return size > overgrownFrom;
    }

    private void wroteAnew(long bytes) {
        size = bytes;
        overgrownFrom = Math.max(NEVER_OVERGROWN_BELOW, GROWTH * bytes);
    }

    @Override
    public void rewrite(long timestampNs, Iterable<StoredDocument> live) {
        // If it fails it is not tried again before the file has grown further.
        overgrownFrom = size + NEVER_OVERGROWN_BELOW;
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.deleteIfExists(next);
            FileChannel target = opener.open(next);
            boolean isInPlace = false;
            try {
                long written = writeAll(target, timestampNs, live);
                target.force(true);
                // From here on nobody knows which of the two files a loss of power would leave.
                isDoubtful = true;
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                syncFolderOf(file);
                FileChannel replaced = channel;
                channel = target;
                isInPlace = true;
                isDoubtful = false;
                wroteAnew(written);
                replaced.close();
            } finally {
                if (!isInPlace) {
                    target.close();
                    Files.deleteIfExists(next);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the commits in " + file + " anew", failure);
        }
    }

    private static long writeAll(FileChannel target, long timestampNs, Iterable<StoredDocument> live)
            throws IOException {
        long written = 0;
        StringBuilder frame = new StringBuilder().append(timestampNs).append('\n');
        for (StoredDocument document : live) {
            frame.append(ConvexJson.encode(line(document)
                            .put("writtenAt", ConvexValue.int64(document.writtenAtNs()))
                            .build()))
                    .append('\n');
            if (frame.length() > FRAME_CHARACTERS) {
                written += write(target, frame.toString().getBytes(StandardCharsets.UTF_8));
                frame.setLength(0);
                frame.append(timestampNs).append('\n');
            }
        }
        return written + write(target, frame.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void syncFolderOf(Path file) throws IOException {
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
