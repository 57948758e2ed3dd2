package dev.freshet.eventstore;

import dev.freshet.eventlog.LogFiles;
import dev.freshet.eventlog.RecordFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What the writer must know after a crash: which ranges of the log were cut, how refused batches were divided, and up to
 * where the events are stored. Every record is synced before the method that wrote it returns. Confined to one thread,
 * which must not be interrupted in here.
 */
public final class CutJournal implements AutoCloseable {
    private static final byte IDENTITY = 1;
    private static final byte STORED = 2;
    private static final byte CUT = 3;
    private static final byte DIVIDED = 4;
    private static final byte DONE = 5;

    /** The file is rewritten without what is past when it is larger than this. */
    private static final long REWRITE_BYTES = 64 * 1024;

    private final LogFiles files;
    private final Path path;
    private RecordFile file;
    private boolean hasFailed;
    private final List<Cut> cuts = new ArrayList<>();
    private final Set<String> divided = new HashSet<>();
    private final Set<String> done = new HashSet<>();
    private String identity = "";
    private long stored;
    private long keptBytes;

    private CutJournal(LogFiles files, Path path) {
        this.files = files;
        this.path = path;
        file = RecordFile.open(files, path);
        load();
    }

    private void load() {
        file.readAll().forEach(record -> read(ByteBuffer.wrap(record)));
        if (identity.isEmpty()) {
            identity = UUID.randomUUID().toString();
            append(text(IDENTITY, identity));
        }
        keptBytes = file.sizeBytes();
    }

    /** @throws dev.freshet.eventlog.EventLogException when the file is damaged or the disk refuses */
    public static CutJournal open(LogFiles files, Path file) {
        return new CutJournal(files, file);
    }

    /**
     * After a failed write (a full disk) what the file holds is unknown: this reads it again. Nothing was inserted on the
     * strength of a record whose write failed, so that both outcomes are right.
     */
    void recover() {
        if (!hasFailed) {
            return;
        }
        file.close();
        file = RecordFile.open(files, path);
        cuts.clear();
        divided.clear();
        done.clear();
        load();
        hasFailed = false;
    }

    /** Distinguishes this log's tokens from those of any other log that ever wrote to the same ClickHouse. */
    String identity() {
        return identity;
    }

    /** The position up to which everything is in ClickHouse and on its disk. */
    public long stored() {
        return stored;
    }

    /** The recorded cuts past {@link #stored}, in order. */
    List<Cut> cuts() {
        return List.copyOf(cuts);
    }

    /** One past the last position that was ever cut. */
    long nextPosition() {
        return (cuts.isEmpty() ? stored : cuts.getLast().last()) + 1;
    }

    boolean isDivided(String token) {
        return divided.contains(token);
    }

    boolean isDone(String token) {
        return done.contains(token);
    }

    void recordCut(Cut cut) {
        if (cut.first() < nextPosition()) {
            throw new IllegalArgumentException("position " + cut.first() + " was cut before");
        }
        append(numbers(CUT, cut.first(), cut.last()));
        cuts.add(cut);
    }

    /** From now on the batch of that token is never inserted as a whole, since its halves may be. */
    void recordDivided(String token) {
        append(text(DIVIDED, token));
        divided.add(token);
    }

    /** These inserts are synced and must not be repeated, since the tables may no longer know their tokens. */
    void recordDone(Collection<String> tokens) {
        write(() -> {
            tokens.forEach(token -> file.append(text(DONE, token)));
            file.sync();
        });
        done.addAll(tokens);
    }

    /** Forgets the cuts up to there. */
    void recordStored(long position) {
        append(numbers(STORED, position));
        forget(position);
        if (file.sizeBytes() > REWRITE_BYTES && file.sizeBytes() > 2 * keptBytes) {
            rewrite();
        }
    }

    private void forget(long position) {
        stored = position;
        cuts.removeIf(cut -> cut.last() <= position);
        if (cuts.isEmpty()) {
            divided.clear();
            done.clear();
        }
    }

    private void rewrite() {
        List<byte[]> records = new ArrayList<>();
        records.add(text(IDENTITY, identity));
        records.add(numbers(STORED, stored));
        cuts.forEach(cut -> records.add(numbers(CUT, cut.first(), cut.last())));
        divided.forEach(token -> records.add(text(DIVIDED, token)));
        done.forEach(token -> records.add(text(DONE, token)));
        write(() -> file.rewrite(records));
        keptBytes = file.sizeBytes();
    }

    private void append(byte[] record) {
        write(() -> {
            file.append(record);
            file.sync();
        });
    }

    private void write(Runnable change) {
        hasFailed = true;
        change.run();
        hasFailed = false;
    }

    private void read(ByteBuffer record) {
        byte kind = record.get();
        switch (kind) {
            case IDENTITY -> identity = rest(record);
            case STORED -> forget(record.getLong());
            case CUT -> cuts.add(new Cut(record.getLong(), record.getLong()));
            case DIVIDED -> divided.add(rest(record));
            case DONE -> done.add(rest(record));
            default ->
                throw new EventStoreException(
                        EventStoreException.JOURNAL_MISMATCH,
                        "The journal of cuts has a record of kind " + kind + ": it is of a newer version.");
        }
    }

    private static String rest(ByteBuffer record) {
        return StandardCharsets.UTF_8.decode(record).toString();
    }

    private static byte[] text(byte kind, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + utf8.length).put(kind).put(utf8).array();
    }

    private static byte[] numbers(byte kind, long... numbers) {
        ByteBuffer record = ByteBuffer.allocate(1 + numbers.length * Long.BYTES).put(kind);
        for (long number : numbers) {
            record.putLong(number);
        }
        return record.array();
    }

    @Override
    public void close() {
        file.close();
    }
}
