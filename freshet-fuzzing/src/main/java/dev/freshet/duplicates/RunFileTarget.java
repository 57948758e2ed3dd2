package dev.freshet.duplicates;

import dev.freshet.fuzzing.FuzzTarget;
import dev.freshet.fuzzing.MemoryFiles;
import dev.freshet.fuzzing.Require;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Files of event ids: any bytes, the same with sound checksums of the directory and of the pages that it names, and a sound file
 * with one byte changed, which must be refused.
 */
public final class RunFileTarget implements FuzzTarget {
    private static final Path FOLDER = Path.of("ids");
    private static final String NAME = "run-000000000001";
    private static final Path FILE = FOLDER.resolve(NAME);
    private static final String TEAM = "team";
    private static final long NOW_MS = 1_772_366_400_000L;

    /** Two pages, and one that is not full. */
    private static final int SOUND_IDS = 2 * PageCodec.MOST_IDS + 100;

    private final MemoryFiles files = new MemoryFiles();
    private final ByteBuffer page = Run.pageBuffer();
    private final byte[] sound;

    /** What stands where. */
    private record Id(int idClass, long high, long low, long receivedAtMs) {}

    public RunFileTarget() throws IOException {
        IdFilter filter = IdFilter.forIds(SOUND_IDS);
        RunFacts facts = RunFacts.exact(0, NOW_MS, NOW_MS + SOUND_IDS);
        TeamNumbers teams = teams();
        try (RunWriter writer = new RunWriter(files, FOLDER, NAME, facts, filter, _ -> {})) {
            int idClass = -1;
            for (Id id : soundIds()) {
                if (id.idClass != idClass) {
                    idClass = id.idClass;
                    writer.section(TEAM, idClass);
                }
                writer.add(id.high, id.low, id.receivedAtMs, hash(teams, id));
            }
            writer.finish();
        }
        sound = files.content(FILE).clone();
        Require.equal(walked(sound), Optional.of(soundIds()), "what a sound file holds");
        TeamNumbers readersTeams = teams();
        try (Run run = Run.open(files, FOLDER, NAME, readersTeams)) {
            run.loadFilter();
            requireFound(run, readersTeams);
        }
    }

    private static TeamNumbers teams() {
        return new TeamNumbers(new IdHash(7));
    }

    private static long hash(TeamNumbers teams, Id id) {
        return teams.hash(teams.section(teams.number(TEAM), id.idClass), id.high, id.low);
    }

    private static List<Id> soundIds() {
        List<Id> ids = new ArrayList<>();
        for (int number = 0; number < SOUND_IDS; number++) {
            int idClass = number < PageCodec.MOST_IDS ? 0 : 4;
            ids.add(new Id(idClass, number * 0x1_0000_2001L, number * 0x5851_f42d_4c95_7f2dL, NOW_MS + number));
        }
        return ids;
    }

    @Override
    public void run(byte[] input) throws IOException {
        walked(input);
        walked(withChecksums(input));
        if (input.length > Integer.BYTES) {
            changeOneByte(ByteBuffer.wrap(input));
        }
    }

    private void changeOneByte(ByteBuffer input) throws IOException {
        byte[] changed = sound.clone();
        changed[Integer.remainderUnsigned(input.getInt(), sound.length)] = input.get();
        Require.that(
                walked(changed).isEmpty() || Arrays.equals(changed, sound),
                () -> "a damaged file is read as if it were another");
    }

    /** All ids of a file in its order; empty where it is refused. */
    private Optional<List<Id>> walked(byte[] bytes) throws IOException {
        files.setContent(FILE, bytes);
        try (Run run = Run.open(files, FOLDER, NAME, teams())) {
            run.loadFilter();
            List<Id> ids = new ArrayList<>();
            for (int number : run.sectionNumbers()) {
                RunSection section = Optional.ofNullable(run.section(number)).orElseThrow();
                long before = ids.size();
                RunCursor cursor = new RunCursor(run, section, page);
                while (cursor.next()) {
                    ids.add(new Id(section.idClass(), cursor.high(), cursor.low(), cursor.receivedAtMs()));
                }
                Require.that(
                        ids.size() - before <= (long) section.pages() * PageCodec.MOST_IDS,
                        () -> "more ids than pages can hold");
                look(run, number, section);
            }
            return Optional.of(ids);
        } catch (DuplicatesException refusal) {
            Require.equal(refusal.code(), DuplicatesException.Code.CORRUPT, "the refusal");
            return Optional.empty();
        }
    }

    /** Looks up what need not be there, wherever a page begins. */
    private void look(Run run, int number, RunSection section) throws IOException {
        for (long prefix : section.prefixes()) {
            long _ = run.find(number, prefix, prefix, page);
            long _ = run.find(number, prefix >>> 6, prefix << 58, page);
        }
        long _ = run.find(number, -1, -1, page);
    }

    private void requireFound(Run run, TeamNumbers teams) throws IOException {
        IdFilter filter = Optional.ofNullable(run.filter()).orElseThrow();
        for (Id id : soundIds()) {
            int section = teams.section(teams.number(TEAM), id.idClass);
            Require.equal(run.find(section, id.high, id.low, page), id.receivedAtMs, "when an id was received");
            Require.that(filter.mayHold(hash(teams, id)), () -> "the filter denies an id");
        }
    }

    /** Ends with a sound trailer; the input says in its first two bytes how much of its end is the directory. */
    private byte[] withChecksums(byte[] input) throws IOException {
        if (input.length < Short.BYTES) {
            return input;
        }
        ByteBuffer source = ByteBuffer.wrap(input);
        int directorySize = Math.min(Short.toUnsignedInt(source.getShort()), source.remaining());
        int directoryOffset = source.remaining() - directorySize;
        byte[] bytes = Arrays.copyOf(
                Arrays.copyOfRange(input, Short.BYTES, input.length),
                input.length - Short.BYTES + RunWriter.TRAILER_BYTES);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(directoryOffset + directorySize)
                .putLong(directoryOffset)
                .putInt(directorySize)
                .putInt(checksum(bytes, directoryOffset, directorySize))
                .putLong(RunWriter.MAGIC);
        files.setContent(FILE, bytes);
        try (Run run = Run.open(files, FOLDER, NAME, teams())) {
            ByteBuffer pages = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (RunSection section : run.sections()) {
                for (int index = 0; index < section.pages(); index++) {
                    int at = (int) section.offset(index);
                    pages.putInt(at, checksum(bytes, at + Integer.BYTES, section.sizeBytes(index) - Integer.BYTES));
                }
            }
        } catch (DuplicatesException refusal) {
            Require.equal(refusal.code(), DuplicatesException.Code.CORRUPT, "the refusal");
        }
        return bytes;
    }

    private static int checksum(byte[] bytes, int offset, int size) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, size);
        return (int) crc.getValue();
    }
}
