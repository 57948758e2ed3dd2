package dev.freshet.duplicates;

import dev.freshet.duplicates.DuplicatesException.Code;
import dev.freshet.eventlog.LogFile;
import dev.freshet.eventlog.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * What an index consists of, in one small file that is replaced as a whole: a file that is not named in it does not count.
 *
 * @param seed of the hashes in the filters
 * @param isFilled false while the index is being filled for the first time
 * @param flushedPosition up to where in the event log all ids are in the runs
 * @param nextRun the number of the next run, never used before
 * @param runs file names
 */
record Manifest(long seed, boolean isFilled, long flushedPosition, long nextRun, List<String> runs) {
    static final String NAME = "manifest";
    private static final String FIRST_LINE = "freshet-duplicates 1";
    private static final int MOST_BYTES = 1 << 24;
    private static final int FIRST_RUN = 5;
    private static final Pattern RUN = Pattern.compile("run-[0-9]{12,18}");

    Manifest {
        runs = List.copyOf(runs);
    }

    /** @throws DuplicatesException CORRUPT */
    static Optional<Manifest> read(LogFiles files, Path folder) throws IOException {
        byte[] bytes;
        try (LogFile file = files.openForReading(folder.resolve(NAME))) {
            ByteBuffer content = ByteBuffer.allocate((int) Math.min(file.sizeBytes(), MOST_BYTES));
            while (content.hasRemaining() && file.read(content, content.position()) >= 0) {
                // A short read goes on where it ended.
            }
            bytes = content.array();
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.lastIndexOf("checksum ");
        if (end < 0 || !text.equals(text.substring(0, end) + checksumLine(text.substring(0, end)))) {
            throw damaged("its checksum is wrong");
        }
        return Optional.of(parse(text.substring(0, end).split("\n", -1)));
    }

    private static Manifest parse(String[] lines) {
        if (!lines[0].equals(FIRST_LINE)) {
            throw new DuplicatesException(
                    Code.CORRUPT, "The manifest of the event ids is of another version: " + lines[0] + ".");
        }
        if (lines.length <= FIRST_RUN) {
            throw damaged("it is too short");
        }
        List<String> runs = Arrays.asList(lines).subList(FIRST_RUN, lines.length - 1);
        for (String run : runs) {
            if (!RUN.matcher(run).matches()) {
                throw damaged(run + " is no file of ids");
            }
        }
        try {
            return new Manifest(
                    Long.parseLong(lines[1]),
                    Boolean.parseBoolean(lines[2]),
                    Long.parseLong(lines[3]),
                    Long.parseLong(lines[4]),
                    runs);
        } catch (NumberFormatException e) {
            throw new DuplicatesException(
                    Code.CORRUPT, "The manifest of the event ids is damaged: a number is none.", e);
        }
    }

    private static DuplicatesException damaged(String why) {
        return new DuplicatesException(Code.CORRUPT, "The manifest of the event ids is damaged: " + why + ".");
    }

    /** Replaces the manifest of the folder; when this returns, it is on the disk. */
    void write(LogFiles files, Path folder, String temporaryName) throws IOException {
        String lines = String.join(
                        "\n",
                        FIRST_LINE,
                        Long.toString(seed),
                        Boolean.toString(isFilled),
                        Long.toString(flushedPosition),
                        Long.toString(nextRun))
                + "\n"
                + runs.stream().map(name -> name + "\n").collect(Collectors.joining());
        Path temporary = folder.resolve(temporaryName);
        try (LogFile file = files.open(temporary)) {
            file.truncate(0);
            file.write(ByteBuffer.wrap((lines + checksumLine(lines)).getBytes(StandardCharsets.UTF_8)), 0);
            file.sync();
        }
        files.rename(temporary, folder.resolve(NAME));
        files.syncFolder(folder);
    }

    private static String checksumLine(String lines) {
        CRC32C crc = new CRC32C();
        crc.update(lines.getBytes(StandardCharsets.UTF_8));
        return "checksum " + Long.toHexString(crc.getValue()) + "\n";
    }
}
