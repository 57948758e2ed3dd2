package dev.freshet.duplicates;

import dev.freshet.eventlog.LogFile;
import dev.freshet.eventlog.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes a run: pages, filter, directory, trailer; synced, and only then under its own name. Used once, by one thread. What is
 * left behind after a failure has a temporary name and is removed at the next start.
 */
final class RunWriter implements AutoCloseable {
    static final String TEMPORARY = ".tmp";
    static final long MAGIC = 0x31_4e_55_52_54_48_53_46L; // "FSHTRUN1"
    static final int TRAILER_BYTES = 24;
    private static final int BUFFER_BYTES = 256 * 1024;

    private final LogFiles files;
    private final Path folder;
    private final String name;
    private final RunFacts facts;
    private final @Nullable IdFilter filter;
    private final LongConsumer whenWritten;
    private final LogFile file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer page =
            ByteBuffer.allocateDirect(PageCodec.MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final long[] highs = new long[PageCodec.MOST_IDS];
    private final long[] lows = new long[PageCodec.MOST_IDS];
    private final long[] times = new long[PageCodec.MOST_IDS];
    private int inPage;
    private long offset;
    private long ids;

    private final List<RunSection> sections = new ArrayList<>();
    private String teamId = "";
    private int idClass;
    private long sectionIds;
    private long[] prefixes = new long[16];
    private int[] starts = new int[17];
    private int pages;
    private boolean isFinished;

    /** @param whenWritten told of bytes written, and may wait so that they are not too many at once */
    RunWriter(
            LogFiles files,
            Path folder,
            String name,
            RunFacts facts,
            @Nullable IdFilter filter,
            LongConsumer whenWritten)
            throws IOException {
        this.files = files;
        this.folder = folder;
        this.name = name;
        this.facts = facts;
        this.filter = filter;
        this.whenWritten = whenWritten;
        file = files.open(folder.resolve(name + TEMPORARY));
    }

    /** Begins the ids of a team and class; each must come once. */
    void section(String ofTeam, int ofClass) throws IOException {
        endSection();
        teamId = ofTeam;
        idClass = ofClass;
    }

    /** Adds an id, larger than the one before it in the section. */
    void add(long high, long low, long receivedAtMs, long hash) throws IOException {
        highs[inPage] = high;
        lows[inPage] = low;
        times[inPage] = facts.timeBits() == 0 ? 0 : facts.unit(receivedAtMs);
        inPage++;
        sectionIds++;
        if (filter != null) {
            filter.add(hash);
        }
        if (inPage == PageCodec.MOST_IDS) {
            endPage();
        }
    }

    private void endPage() throws IOException {
        if (inPage == 0) {
            return;
        }
        if (pages == prefixes.length) {
            prefixes = Arrays.copyOf(prefixes, 2 * pages);
            starts = Arrays.copyOf(starts, 2 * pages + 1);
        }
        prefixes[pages] = FoldedId.prefix(idClass, highs[0], lows[0]);
        starts[pages] = Math.toIntExact(offset / 8);
        pages++;
        int size = PageCodec.encode(page, highs, lows, times, inPage, facts.timeBits());
        put(page.limit(size).position(0));
        page.clear();
        starts[pages] = Math.toIntExact(offset / 8);
        inPage = 0;
    }

    private void endSection() throws IOException {
        endPage();
        if (sectionIds > 0) {
            sections.add(new RunSection(
                    teamId, idClass, sectionIds, Arrays.copyOf(prefixes, pages), Arrays.copyOf(starts, pages + 1)));
        }
        ids += sectionIds;
        sectionIds = 0;
        pages = 0;
    }

    private void put(ByteBuffer source) throws IOException {
        int size = source.remaining();
        if (buffer.remaining() < size) {
            flush();
        }
        if (size > buffer.capacity()) {
            file.write(source, offset);
            whenWritten.accept(size);
        } else {
            buffer.put(source);
        }
        offset += size;
    }

    private void flush() throws IOException {
        buffer.flip();
        int size = buffer.remaining();
        file.write(buffer, offset - size);
        buffer.clear();
        whenWritten.accept(size);
    }

    long ids() {
        return ids + sectionIds;
    }

    /** Ends the file; when this returns it is on the disk under its name. */
    void finish() throws IOException {
        endSection();
        long filterOffset = offset;
        if (filter != null) {
            putWords(filter.words());
        }
        long directoryOffset = offset;
        ByteBuffer directory = directory(filterOffset);
        CRC32C crc = new CRC32C();
        crc.update(directory.duplicate());
        int directorySize = directory.remaining();
        put(directory);
        put(ByteBuffer.allocate(TRAILER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(directoryOffset)
                .putInt(directorySize)
                .putInt((int) crc.getValue())
                .putLong(MAGIC)
                .flip());
        flush();
        file.sync();
        file.close();
        files.rename(folder.resolve(name + TEMPORARY), folder.resolve(name));
        files.syncFolder(folder);
        isFinished = true;
    }

    private void putWords(long[] words) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(8 * 4096).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < words.length; from += 4096) {
            int count = Math.min(4096, words.length - from);
            part.clear().limit(8 * count);
            part.asLongBuffer().put(words, from, count);
            put(part);
        }
    }

    private ByteBuffer directory(long filterOffset) {
        List<byte[]> names = sections.stream()
                .map(section -> section.teamId().getBytes(StandardCharsets.UTF_8))
                .toList();
        long size = 64;
        for (int index = 0; index < names.size(); index++) {
            size += 20L + names.get(index).length + 12L * sections.get(index).pages() + 4;
        }
        ByteBuffer directory = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C filterCrc = new CRC32C();
        int filterWords = 0;
        if (filter != null) {
            filterWords = filter.words().length;
            updateChecksum(filterCrc, filter.words());
        }
        directory
                .putInt(facts.level())
                .putLong(facts.oldestMs())
                .putLong(facts.newestMs())
                .putInt(facts.timeShift())
                .putInt(facts.timeBits())
                .putLong(ids)
                .putLong(filterOffset)
                .putInt(filterWords)
                .putInt((int) filterCrc.getValue())
                .putInt(sections.size());
        for (int index = 0; index < names.size(); index++) {
            RunSection section = sections.get(index);
            directory
                    .putInt(names.get(index).length)
                    .put(names.get(index))
                    .putInt(section.idClass())
                    .putLong(section.ids())
                    .putInt(section.pages());
            for (long prefix : section.prefixes()) {
                directory.putLong(prefix);
            }
            for (int start : section.starts()) {
                directory.putInt(start);
            }
        }
        return directory.flip();
    }

    static void updateChecksum(CRC32C crc, long[] words) {
        ByteBuffer part = ByteBuffer.allocate(8 * 4096).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < words.length; from += 4096) {
            int count = Math.min(4096, words.length - from);
            part.clear().limit(8 * count);
            part.asLongBuffer().put(words, from, count);
            crc.update(part);
        }
    }

    /** Gives the file back, and removes it where it was not finished: a full disk must not fill by attempts. */
    @Override
    public void close() throws IOException {
        file.close();
        if (isFinished) {
            return;
        }
        List<String> there = files.list(folder);
        for (String left : List.of(name + TEMPORARY, name)) {
            if (there.contains(left)) {
                files.delete(folder.resolve(left));
            }
        }
    }
}
