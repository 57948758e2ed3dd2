package dev.freshet.eventlog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A file system in memory that forgets on a crash what was not synced, and fails when told. Thread-safe by one lock.
 *
 * <p>After {@link #crash} each file holds its synced bytes plus any of the unsynced writes, page by page, in any choice:
 * what a disk may do when power is lost. A sync that fails takes its bytes for written, as a kernel may. Names that no folder sync made durable may be lost or come back.
 */
public final class MemoryLogFiles implements LogFiles {
    private static final int PAGE_BYTES = 64;

    private final Map<Path, Node> names = new LinkedHashMap<>();
    private final Map<Path, Node> durableNames = new LinkedHashMap<>();
    private final Set<Path> locks = new HashSet<>();
    private long usableBytes = Long.MAX_VALUE;
    private long callsUntilFailure = Long.MAX_VALUE;
    private boolean failsForEver;
    private int syncCount;
    private boolean isSyncing = true;

    /** The n-th changing call from now on fails (1 is the next), and all after it when {@code forEver}. */
    public synchronized void failCall(long n, boolean forEver) {
        callsUntilFailure = n;
        failsForEver = forEver;
    }

    /** Nothing changes a file from now on, until {@link #kill} or {@link #crash}. */
    public synchronized void die() {
        failCall(0, true);
    }

    /** False: syncs report success and do nothing, as a disk with a cache that lies. */
    public synchronized void setSyncing(boolean syncs) {
        isSyncing = syncs;
    }

    public synchronized void stopFailing() {
        callsUntilFailure = Long.MAX_VALUE;
    }

    /** Whether the failure that {@link #failCall} ordered has come. */
    public synchronized boolean hasFailed() {
        return callsUntilFailure <= 0;
    }

    public synchronized void setUsableBytes(long bytes) {
        usableBytes = bytes;
    }

    public synchronized int syncCount() {
        return syncCount;
    }

    /** Loses what was not synced, by the random choice of each page and each name; open files and locks are gone. */
    public synchronized void crash(Random random) {
        Set<Path> all = new HashSet<>(names.keySet());
        all.addAll(durableNames.keySet());
        Map<Path, Node> after = new LinkedHashMap<>();
        for (Path path : all) {
            Node node = random.nextBoolean() ? names.get(path) : durableNames.get(path);
            if (node != null) {
                after.put(path, node);
            }
        }
        for (Node node : new HashSet<>(after.values())) {
            node.crash(random);
        }
        replaceNames(after);
    }

    /** The process dies, the machine lives: everything written stays. */
    public synchronized void kill() {
        releaseLocks();
        stopFailing();
    }

    /** The process dies and its successor starts at once; ordered failures still come. */
    public synchronized void releaseLocks() {
        locks.clear();
    }

    private void replaceNames(Map<Path, Node> after) {
        names.clear();
        names.putAll(after);
        durableNames.clear();
        durableNames.putAll(after);
        locks.clear();
        stopFailing();
    }

    public synchronized byte[] content(Path file) {
        return Objects.requireNonNull(names.get(file)).bytes();
    }

    public synchronized void setContent(Path file, byte[] bytes) {
        Node node = new Node();
        node.data = bytes.clone();
        node.size = bytes.length;
        node.synced = bytes.clone();
        names.put(file, node);
        durableNames.put(file, node);
    }

    @Override
    public synchronized void createFolder(Path folder) {}

    @Override
    public synchronized List<String> list(Path folder) {
        return names.keySet().stream()
                .filter(path -> folder.equals(path.getParent()))
                .map(path -> path.getFileName().toString())
                .toList();
    }

    @Override
    public synchronized LogFile open(Path file) throws IOException {
        mayFail();
        return new MemoryFile(names.computeIfAbsent(file, path -> new Node()));
    }

    @Override
    public synchronized LogFile openForReading(Path file) throws IOException {
        Node node = names.get(file);
        if (node == null) {
            throw new NoSuchFileException(file.toString());
        }
        return new MemoryFile(node);
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        mayFail();
        names.remove(file);
    }

    @Override
    public synchronized void rename(Path from, Path to) throws IOException {
        mayFail();
        Node node = names.remove(from);
        if (node == null) {
            throw new NoSuchFileException(from.toString());
        }
        names.put(to, node);
    }

    @Override
    public synchronized void syncFolder(Path folder) throws IOException {
        mayFail();
        durableNames.keySet().removeIf(path -> folder.equals(path.getParent()));
        names.forEach((path, node) -> {
            if (folder.equals(path.getParent())) {
                durableNames.put(path, node);
            }
        });
    }

    @Override
    public synchronized long usableBytes(Path folder) {
        return usableBytes;
    }

    @Override
    public synchronized Optional<Closeable> tryLock(Path file) {
        return locks.add(file) ? Optional.of(() -> unlock(file)) : Optional.empty();
    }

    private synchronized void unlock(Path file) {
        locks.remove(file);
    }

    private void mayFail() throws IOException {
        callsUntilFailure--;
        if (callsUntilFailure == 0 || (callsUntilFailure < 0 && failsForEver)) {
            throw new IOException("injected failure");
        }
    }

    private static final class Node {
        private byte[] data = new byte[256];
        private int size;
        private byte[] synced = new byte[0];
        private final BitSet dirty = new BitSet();

        byte[] bytes() {
            return Arrays.copyOf(data, size);
        }

        void sync() {
            byte[] after = Arrays.copyOf(synced, size);
            dirty.stream().filter(index -> index < size).forEach(index -> after[index] = data[index]);
            synced = after;
            dirty.clear();
        }

        void crash(Random random) {
            int least = Math.min(synced.length, size);
            int kept = least + random.nextInt(Math.max(synced.length, size) - least + 1);
            byte[] after = Arrays.copyOf(synced, kept);
            for (int page = 0; page < kept; page += PAGE_BYTES) {
                if (random.nextInt(3) > 0) {
                    for (int index = page; index < Math.min(page + PAGE_BYTES, Math.min(kept, size)); index++) {
                        after[index] = dirty.get(index) ? data[index] : after[index];
                    }
                }
            }
            data = after.clone();
            size = after.length;
            synced = after;
            dirty.clear();
        }
    }

    private final class MemoryFile implements LogFile {
        private final Node node;
        private boolean isClosed;

        MemoryFile(Node node) {
            this.node = node;
        }

        @Override
        public int read(ByteBuffer target, long offset) throws IOException {
            synchronized (MemoryLogFiles.this) {
                requireOpen();
                if (offset >= node.size) {
                    return -1;
                }
                int count = Math.min(target.remaining(), node.size - (int) offset);
                target.put(node.data, (int) offset, count);
                return count;
            }
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            synchronized (MemoryLogFiles.this) {
                requireOpen();
                int count = source.remaining();
                try {
                    mayFail();
                } catch (IOException failure) {
                    // A failed write may leave a part behind.
                    put(source.limit(source.position() + count / 2), (int) offset);
                    throw failure;
                }
                put(source, (int) offset);
            }
        }

        private void put(ByteBuffer source, int offset) {
            int end = offset + source.remaining();
            if (end > node.data.length) {
                node.data = Arrays.copyOf(node.data, Math.max(end, node.data.length * 2));
            }
            if (offset > node.size) {
                Arrays.fill(node.data, node.size, offset, (byte) 0);
            }
            node.dirty.set(offset, end);
            source.get(node.data, offset, source.remaining());
            node.size = Math.max(node.size, end);
        }

        @Override
        public void sync() throws IOException {
            synchronized (MemoryLogFiles.this) {
                requireOpen();
                syncCount++;
                try {
                    mayFail();
                } catch (IOException failure) {
                    // As Linux does: the pages count as clean from here on, although they never reached the disk.
                    node.dirty.clear();
                    throw failure;
                }
                if (isSyncing) {
                    node.sync();
                }
            }
        }

        @Override
        public void truncate(long sizeBytes) throws IOException {
            synchronized (MemoryLogFiles.this) {
                requireOpen();
                mayFail();
                node.size = (int) Math.min(sizeBytes, node.size);
            }
        }

        @Override
        public long sizeBytes() {
            synchronized (MemoryLogFiles.this) {
                return node.size;
            }
        }

        @Override
        public void close() {
            isClosed = true;
        }

        private void requireOpen() throws IOException {
            if (isClosed) {
                throw new IOException("the file is closed");
            }
        }
    }

    /** The bytes of all files, for tests that put the system back to a moment. */
    public synchronized List<Path> files() {
        return new ArrayList<>(names.keySet());
    }
}
