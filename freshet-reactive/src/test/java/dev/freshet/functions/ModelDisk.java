package dev.freshet.functions;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps apart what was written and what a loss of power would leave, and fails when it is told to. A sync that fails takes
 * what was written for synced, as Linux does: the next one succeeds and has not written it.
 */
final class ModelDisk {
    private final Map<Object, Image> images = new ConcurrentHashMap<>();

    volatile boolean isFull;
    volatile boolean syncsFail;
    private final AtomicInteger refusals = new AtomicInteger();

    /** How often it has failed. */
    int refusals() {
        return refusals.get();
    }

    FileChannel open(Path file) throws IOException {
        FileChannel real =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (real.size() == 0) {
            // A new file may have the key of one that is gone.
            images.remove(keyOf(file));
        }
        return new ModelChannel(real, images.computeIfAbsent(keyOf(file), key -> new Image()));
    }

    private static Object keyOf(Path file) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    }

    /** Writes what a loss of power leaves of the file into another. */
    void losePower(Path file, Path left) throws IOException {
        Image image = Objects.requireNonNull(images.get(keyOf(file)));
        synchronized (image) {
            Files.write(left, image.synced);
        }
    }

    /** Guarded by itself. */
    private static final class Image {
        byte[] synced = {};
        final BitSet dirty = new BitSet();
    }

    private final class ModelChannel extends FileChannel {
        private final FileChannel real;
        private final Image image;

        ModelChannel(FileChannel real, Image image) {
            this.real = real;
            this.image = image;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            synchronized (image) {
                int from = (int) real.position();
                if (isFull) {
                    int half = source.remaining() / 2;
                    real.write(source.slice(source.position(), half));
                    image.dirty.set(from, from + half);
                    refusals.incrementAndGet();
                    throw new IOException("No space left on device");
                }
                int written = real.write(source);
                image.dirty.set(from, from + written);
                return written;
            }
        }

        @Override
        public void force(boolean metaData) throws IOException {
            synchronized (image) {
                if (syncsFail) {
                    image.dirty.clear();
                    refusals.incrementAndGet();
                    throw new IOException("Input/output error");
                }
                image.synced = Arrays.copyOf(image.synced, (int) real.size());
                for (int at = image.dirty.nextSetBit(0);
                        at >= 0 && at < image.synced.length;
                        at = image.dirty.nextSetBit(at + 1)) {
                    real.read(ByteBuffer.wrap(image.synced, at, 1), at);
                }
                image.dirty.clear();
            }
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            real.truncate(size);
            return this;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return real.read(target);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return real.read(target, position);
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public FileChannel position(long newPosition) throws IOException {
            real.position(newPosition);
            return this;
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return real.transferTo(position, count, target);
        }

        @Override
        public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
            return real.map(mode, offset, size, arena);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            real.close();
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) {
            throw new UnsupportedOperationException("the log reads into one buffer");
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) {
            throw new UnsupportedOperationException("the log writes from one buffer");
        }

        @Override
        public int write(ByteBuffer source, long position) {
            throw new UnsupportedOperationException("the log writes at its end");
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw new UnsupportedOperationException("the log writes from memory");
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new UnsupportedOperationException("the log maps into an arena");
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException("the log has a file of its own for its lock");
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException("the log has a file of its own for its lock");
        }
    }
}
