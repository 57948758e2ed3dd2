package dev.freshet.importer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The lines of a file with their numbers, from 1. Only a line feed ends a line (a carriage return before it is
 * dropped), so that the numbers are those an editor shows. Memory is bounded: what a line has beyond
 * {@link #MAX_LINE_BYTES} is read over. Confined to one thread.
 */
final class NumberedLines implements AutoCloseable {
    static final int MAX_LINE_BYTES = 1024 * 1024;

    /**
     * @param text with replacement characters for bytes that are not UTF-8
     * @param isUtf8 whether there were none of those
     * @param cut whether the line was longer than {@link #MAX_LINE_BYTES}
     * @param isEnded whether a line feed ended it; only the last line can lack one
     */
    record NumberedLine(long number, String text, boolean isUtf8, boolean cut, boolean isEnded) {}

    private final String name;
    private final InputStream in;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int limit;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    private long number;
    private long bytesRead;
    private boolean isEnded;

    NumberedLines(ImportFile file) throws ImportException {
        this(file.name(), file.open());
    }

    /** @param name what is read, for messages */
    NumberedLines(String name, InputStream in) {
        this.name = name;
        this.in = in;
    }

    /** The next line, or empty at the end of the file. */
    Optional<NumberedLine> next() throws ImportException {
        line.reset();
        try {
            if (position == limit && !fill()) {
                return Optional.empty();
            }
            boolean cut = readLine();
            number++;
            String text = line.toString(StandardCharsets.UTF_8);
            return Optional.of(new NumberedLine(number, withoutCarriageReturn(text), isUtf8(text), cut, isEnded));
        } catch (IOException e) {
            throw ImportFile.unreadable(name, e);
        }
    }

    /** Takes the bytes up to the next line feed, or to the end of the file; says whether it left some out. */
    private boolean readLine() throws IOException {
        boolean cut = false;
        isEnded = false;
        while (position < limit || fill()) {
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            int length = end - position;
            int kept = Math.min(length, MAX_LINE_BYTES - line.size());
            line.write(buffer, position, kept);
            cut |= kept < length;
            isEnded = end < limit;
            bytesRead += length + (isEnded ? 1 : 0);
            position = isEnded ? end + 1 : end;
            if (isEnded) {
                return cut;
            }
        }
        return cut;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }

    /** A replacement character can be one of the file. */
    private boolean isUtf8(String text) {
        return text.indexOf('\uFFFD') < 0 || Arrays.equals(text.getBytes(StandardCharsets.UTF_8), line.toByteArray());
    }

    private static String withoutCarriageReturn(String text) {
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** How much of the file has been read, for a progress bar. */
    long bytesRead() {
        return bytesRead;
    }

    @Override
    public void close() throws ImportException {
        try {
            in.close();
        } catch (IOException e) {
            throw ImportFile.unreadable(name, e);
        }
    }
}
