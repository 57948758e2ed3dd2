package dev.freshet.importer;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.freshet.importer.LineReject.Reason;
import dev.freshet.importer.RowEvents.Cell;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A CSV file as RFC 4180 has it, in UTF-8, whose first line names the columns; {@link RowEvents} says what they become. In
 * columns that become properties a text that is a JSON number, {@code true} or {@code false} is that. Confined to one thread.
 */
final class CsvSource implements EventSource {
    /** Without leading zeros, and short enough to be the same number everywhere. */
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,14})(\\.[0-9]{1,15})?");

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** Half of a character, which alone comes of no UTF-8. */
    private static final char NO_TEXT = '\uDC80';

    private final ImportFile file;
    private final CountedInput input;
    private final CsvReader<CsvRecord> reader;
    private final CloseableIterator<CsvRecord> records;
    private final List<String> columns;
    private final RowEvents events;

    CsvSource(ImportFile file) throws ImportException {
        this.file = file;
        events = new RowEvents(file, "Line");
        input = new CountedInput(file.open());
        reader = CsvReader.builder()
                .allowExtraFields(true)
                .allowMissingFields(true)
                .ofCsvRecord(text());
        records = reader.iterator();
        columns = header();
    }

    /** What is no UTF-8 becomes {@link #NO_TEXT}, so that the rows it stands in can be named. */
    private Reader text() throws ImportException {
        try {
            InputStream bytes = new BufferedInputStream(input);
            bytes.mark(BYTE_ORDER_MARK.length);
            if (!Arrays.equals(bytes.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
                bytes.reset();
            }
            return new InputStreamReader(
                    bytes,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPLACE)
                            .replaceWith(String.valueOf(NO_TEXT)));
        } catch (IOException e) {
            throw ImportFile.unreadable(file.name(), e);
        }
    }

    private static boolean isText(String field) {
        for (int at = field.indexOf(NO_TEXT); at >= 0; at = field.indexOf(NO_TEXT, at + 1)) {
            if (at == 0 || !Character.isHighSurrogate(field.charAt(at - 1))) {
                return false;
            }
        }
        return true;
    }

    /** How much of a file was read. */
    private static final class CountedInput extends FilterInputStream {
        private long count;

        CountedInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }

    private List<String> header() throws ImportException {
        List<String> names = record().map(
                        first -> first.getFields().stream().map(String::strip).toList())
                .orElse(List.of());
        if (!names.stream().allMatch(CsvSource::isText)) {
            throw unusable("its first line is no text in UTF-8; convert the file to UTF-8");
        }
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (name.isEmpty() || !seen.add(name)) {
                throw unusable("its first line must name each column once, and names `" + name + "` not so");
            }
        }
        if (!seen.contains(RowEvents.EVENT_TYPE)) {
            throw unusable("its first line must name the columns, " + RowEvents.EVENT_TYPE + " among them");
        }
        return names;
    }

    private ImportException unusable(String why) {
        return new ImportException(
                ImportException.Code.UNREADABLE_FILE, "Cannot read %s as CSV: %s.".formatted(file.name(), why));
    }

    private Optional<CsvRecord> record() throws ImportException {
        try {
            return records.hasNext() ? Optional.of(records.next()) : Optional.empty();
        } catch (CsvParseException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ImportException(
                    ImportException.Code.UNREADABLE_FILE,
                    "Cannot read %s as CSV: %s (%s).".formatted(file.name(), e.getMessage(), cause.getMessage()),
                    e);
        } catch (UncheckedIOException e) {
            throw ImportFile.unreadable(file.name(), new IOException(e.getMessage(), e));
        }
    }

    @Override
    public Optional<SourceItem> next() throws ImportException {
        return record().map(this::item);
    }

    private SourceItem item(CsvRecord row) {
        long line = row.getStartingLineNumber();
        if (!row.getFields().stream().allMatch(CsvSource::isText)) {
            return new LineReject(
                    line,
                    Reason.MALFORMED_LINE,
                    "Line %d is no text in UTF-8; convert the file to UTF-8.".formatted(line));
        }
        if (row.getFieldCount() != columns.size()) {
            return new LineReject(
                    line,
                    Reason.MALFORMED_LINE,
                    "Line %d has %d fields, the header has %d.".formatted(line, row.getFieldCount(), columns.size()));
        }
        Map<String, Cell> cells = new LinkedHashMap<>();
        for (int column = 0; column < columns.size(); column++) {
            String text = row.getField(column);
            if (!text.isEmpty()) {
                cells.put(
                        columns.get(column),
                        RowEvents.isField(columns.get(column)) ? new Cell.Text(text) : typed(text));
            }
        }
        return events.item(line, cells);
    }

    private static Cell typed(String text) {
        boolean isJson = NUMBER.matcher(text).matches() || text.equals("true") || text.equals("false");
        return isJson ? new Cell.Json(text) : new Cell.Text(text);
    }

    @Override
    public long bytesRead() {
        return input.count;
    }

    @Override
    public long bytesInAll() {
        return file.size();
    }

    @Override
    public void close() throws ImportException {
        try {
            reader.close();
        } catch (IOException e) {
            throw ImportFile.unreadable(file.name(), e);
        }
    }
}
