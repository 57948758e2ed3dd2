package dev.freshet.importer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The lines of a file with their numbers, from 1. Only a line feed ends a line (a carriage return before it is
 * dropped), so that the numbers are those an editor shows. Memory is bounded: what a line has beyond
 * {@link #MAX_LINE_BYTES} is read over. Confined to one thread.
 */
final class NumberedLines implements AutoCloseable {
    static final int MAX_LINE_BYTES = 1024 * 1024;

    /**
     * @param cut whether the line was longer than {@link #MAX_LINE_BYTES}
     */
    record NumberedLine(long number, String text, boolean cut) {}

    private final String name;
    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    private long number;
    private long bytesRead;

    NumberedLines(ImportFile file) throws ImportException {
        this.name = file.name();
        this.in = new BufferedInputStream(file.open(), 64 * 1024);
    }

    /** The next line, or empty at the end of the file. Bytes that are not UTF-8 become replacement characters. */
    Optional<NumberedLine> next() throws ImportException {
        line.reset();
        try {
            int first = in.read();
            if (first < 0) {
                return Optional.empty();
            }
            boolean cut = readRest(first);
            number++;
            return Optional.of(new NumberedLine(number, withoutCarriageReturn(), cut));
        } catch (IOException e) {
            throw ImportFile.unreadable(name, e);
        }
    }

    private boolean readRest(int first) throws IOException {
        boolean cut = false;
        int next = first;
        while (next >= 0) {
            bytesRead++;
            if (next == '\n') {
                return cut;
            }
            if (line.size() < MAX_LINE_BYTES) {
                line.write(next);
            } else {
                cut = true;
            }
            next = in.read();
        }
        return cut;
    }

    private String withoutCarriageReturn() {
        String text = line.toString(StandardCharsets.UTF_8);
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
