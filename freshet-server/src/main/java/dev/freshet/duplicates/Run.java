package dev.freshet.duplicates;

import dev.freshet.duplicates.DuplicatesException.Code;
import dev.freshet.eventlog.LogFile;
import dev.freshet.eventlog.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of sorted ids that never changes; its directory is in memory, its filter may be. Any number of threads may read, each
 * with a buffer of its own for pages.
 */
final class Run implements AutoCloseable {
    static final long NOT_HERE = Long.MIN_VALUE;

    private static final int MOST_DIRECTORY_BYTES = 1 << 29;

    private final String name;
    private final LogFile file;
    private final long sizeBytes;
    private final RunFacts facts;
    private final long ids;
    private final long filterOffset;
    private final int filterWords;
    private final int filterChecksum;
    private final Map<Integer, RunSection> sections;
    private final long directoryBytes;
    private volatile @Nullable IdFilter filter;

    private Run(
            String name, LogFile file, long sizeBytes, long directoryOffset, ByteBuffer directory, TeamNumbers teams)
            throws IOException {
        this.name = name;
        this.file = file;
        this.sizeBytes = sizeBytes;
        facts = new RunFacts(
                directory.getInt(), directory.getLong(), directory.getLong(), directory.getInt(), directory.getInt());
        ids = directory.getLong();
        filterOffset = directory.getLong();
        filterWords = directory.getInt();
        filterChecksum = directory.getInt();
        requirePossible(facts.timeBits() >= 0 && facts.timeBits() <= PageCodec.MOST_TIME_BITS);
        requirePossible(filterOffset >= 0 && IdFilter.isPossible(filterWords));
        requirePossible(filterOffset == directoryOffset - 8L * filterWords);
        int count = directory.getInt();
        sections = new LinkedHashMap<>();
        long bytes = 0;
        long idsOfSections = 0;
        for (int index = 0; index < count; index++) {
            RunSection section = section(directory, filterOffset);
            int number = teams.section(teams.number(section.teamId()), section.idClass());
            requirePossible(sections.put(number, section) == null);
            bytes += section.memoryBytes();
            idsOfSections += section.ids();
        }
        requirePossible(idsOfSections == ids && !directory.hasRemaining());
        directoryBytes = bytes;
    }

    private static RunSection section(ByteBuffer directory, long pageBytes) throws IOException {
        byte[] teamId = new byte[length(directory, 1)];
        directory.get(teamId);
        int idClass = directory.getInt();
        long ids = directory.getLong();
        long[] prefixes = new long[length(directory, Long.BYTES)];
        for (int page = 0; page < prefixes.length; page++) {
            prefixes[page] = directory.getLong();
        }
        int[] starts = new int[prefixes.length + 1];
        for (int page = 0; page < starts.length; page++) {
            starts[page] = directory.getInt();
        }
        RunSection section = new RunSection(new String(teamId, StandardCharsets.UTF_8), idClass, ids, prefixes, starts);
        requirePossible(section.isPossible(pageBytes));
        return section;
    }

    /** How many there are of something that takes so many bytes: no more than there is room for, whatever is written. */
    private static int length(ByteBuffer directory, int unitBytes) throws IOException {
        int length = directory.getInt();
        requirePossible(length >= 0 && length <= directory.remaining() / unitBytes);
        return length;
    }

    private static void requirePossible(boolean condition) throws IOException {
        if (!condition) {
            throw new IOException("its directory does not fit what it is about");
        }
    }

    /**
     * Opens a run and reads its directory.
     *
     * @throws DuplicatesException CORRUPT
     */
    static Run open(LogFiles files, Path folder, String name, TeamNumbers teams) throws IOException {
        LogFile file = files.openForReading(folder.resolve(name));
        try {
            long size = file.sizeBytes();
            ByteBuffer trailer = read(file, size - RunWriter.TRAILER_BYTES, RunWriter.TRAILER_BYTES);
            long directoryOffset = trailer.getLong();
            int directorySize = trailer.getInt();
            int checksum = trailer.getInt();
            boolean isWhole = trailer.getLong() == RunWriter.MAGIC
                    && directorySize >= 0
                    && directorySize < MOST_DIRECTORY_BYTES
                    && directoryOffset == size - RunWriter.TRAILER_BYTES - directorySize;
            if (!isWhole) {
                throw new IOException("it has no sound end");
            }
            ByteBuffer directory = read(file, directoryOffset, directorySize);
            CRC32C crc = new CRC32C();
            crc.update(directory.duplicate());
            if ((int) crc.getValue() != checksum) {
                throw new IOException("its directory is not what was written");
            }
            return new Run(name, file, size, directoryOffset, directory, teams);
        } catch (IOException | RuntimeException failure) {
            try {
                file.close();
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw new DuplicatesException(
                    Code.CORRUPT, "The file " + name + " of event ids is damaged: " + failure.getMessage(), failure);
        }
    }

    private static ByteBuffer read(LogFile file, long offset, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        if (offset < 0) {
            throw new IOException("it is cut short");
        }
        readFully(file, bytes, offset);
        return bytes.flip();
    }

    private static void readFully(LogFile file, ByteBuffer target, long offset) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int count = file.read(target, at);
            if (count < 0) {
                throw new IOException("it is cut short");
            }
            at += count;
        }
    }

    /** A buffer for {@link #page}. */
    static ByteBuffer pageBuffer() {
        return ByteBuffer.allocateDirect(PageCodec.MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    String name() {
        return name;
    }

    RunFacts facts() {
        return facts;
    }

    long ids() {
        return ids;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    /** What the pages take of the file, without filter and directory. */
    long pageBytes() {
        return filterOffset;
    }

    Collection<RunSection> sections() {
        return sections.values();
    }

    @Nullable
    RunSection section(int section) {
        return sections.get(section);
    }

    long directoryBytes() {
        return directoryBytes;
    }

    @Nullable
    IdFilter filter() {
        return filter;
    }

    long storedFilterBytes() {
        return 8L * filterWords;
    }

    void keepFilter(IdFilter built) {
        filter = built;
    }

    void dropFilter() {
        filter = null;
    }

    /** Reads the filter into memory, if the file has one. */
    void loadFilter() throws IOException {
        if (filterWords == 0 || filter != null) {
            return;
        }
        long[] words = new long[filterWords];
        ByteBuffer part = ByteBuffer.allocateDirect(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C crc = new CRC32C();
        for (int from = 0; from < words.length; from += part.capacity() / 8) {
            int count = Math.min(part.capacity() / 8, words.length - from);
            part.clear().limit(8 * count);
            readFully(file, part, filterOffset + 8L * from);
            part.flip();
            crc.update(part.duplicate());
            part.asLongBuffer().get(words, from, count);
        }
        if ((int) crc.getValue() != filterChecksum) {
            throw new DuplicatesException(Code.CORRUPT, "The filter in the file " + name + " of event ids is damaged.");
        }
        filter = new IdFilter(words);
    }

    /**
     * Reads a page.
     *
     * @return its size
     * @throws DuplicatesException CORRUPT
     */
    int page(RunSection section, int index, ByteBuffer page) throws IOException {
        int size = section.sizeBytes(index);
        page.clear().limit(size);
        try {
            readFully(file, page, section.offset(index));
        } finally {
            page.clear();
        }
        if (!PageCodec.isSound(page, size) || PageCodec.count(page) > section.ids()) {
            throw new DuplicatesException(
                    Code.CORRUPT,
                    "The file " + name + " of event ids is damaged at offset " + section.offset(index) + ".");
        }
        return size;
    }

    /**
     * When an id was first received, or the latest that it can have been; {@link #NOT_HERE}. Reads one page, in very rare cases
     * some more.
     */
    long find(int section, long high, long low, ByteBuffer page) throws IOException {
        RunSection pages = sections.get(section);
        if (pages == null) {
            return NOT_HERE;
        }
        long prefix = FoldedId.prefix(section % FoldedId.CLASSES, high, low);
        int from = Math.max(0, pages.firstPage(prefix, false) - 1);
        int last = pages.firstPage(prefix, true) - 1;
        // Between the two are only pages whose first id has the same prefix: find the last that does not begin past the
        // id.
        while (from < last) {
            int middle = (from + last + 1) >>> 1;
            page(pages, middle, page);
            if (Unsigned128.compare(PageCodec.firstHigh(page), PageCodec.firstLow(page), high, low) <= 0) {
                from = middle;
            } else {
                last = middle - 1;
            }
        }
        if (last < 0) {
            return NOT_HERE;
        }
        int size = page(pages, from, page);
        int index = PageCodec.find(page, size, high, low);
        if (index < 0) {
            return NOT_HERE;
        }
        return facts.timeBits() == 0 ? facts.newestMs() : facts.latestMs(PageCodec.time(page, index));
    }

    List<Integer> sectionNumbers() {
        return new ArrayList<>(sections.keySet());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
