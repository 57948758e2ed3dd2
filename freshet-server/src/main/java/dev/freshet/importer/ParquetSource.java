package dev.freshet.importer;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqMap;
import dev.hardwood.row.PqStruct;
import dev.hardwood.row.StructAccessor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file, row by row in its order; {@link RowEvents} says what the columns become. Lists, maps and structs become JSON.
 * Confined to one thread.
 */
final class ParquetSource implements EventSource {
    private final ImportFile file;
    private final ParquetFileReader reader;
    private final RowReader rows;
    private final RowEvents events;
    private final long rowCount;
    private long rowNumber;

    ParquetSource(ImportFile file) throws ImportException {
        this.file = file;
        events = new RowEvents(file, "Row");
        Path path = file.content()
                .path()
                .orElseThrow(() -> new ImportException(
                        ImportException.Code.UNSUPPORTED_FORMAT, "Parquet is read from files on the disk only."));
        reader = open(path);
        rowCount = reader.getFileMetaData().numRows();
        rows = rows();
    }

    private ParquetFileReader open(Path path) throws ImportException {
        try {
            return ParquetFileReader.open(InputFile.of(path));
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    /** Closes the file where it cannot be read. */
    private RowReader rows() throws ImportException {
        boolean isOpen = false;
        try {
            if (reader.getFileSchema().getRootNode().children().stream()
                    .noneMatch(column -> column.name().equals(RowEvents.EVENT_TYPE))) {
                throw new ImportException(
                        ImportException.Code.UNREADABLE_FILE,
                        "Cannot read %s: it has no column %s.".formatted(file.name(), RowEvents.EVENT_TYPE));
            }
            RowReader opened = reader.rowReader();
            isOpen = true;
            return opened;
        } catch (RuntimeException e) {
            throw unreadable(e);
        } finally {
            if (!isOpen) {
                closeFile();
            }
        }
    }

    private void closeFile() throws ImportException {
        try {
            reader.close();
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    /** The library tells of damage by exceptions of many kinds. */
    private ImportException unreadable(Exception cause) {
        return new ImportException(
                ImportException.Code.UNREADABLE_FILE,
                "Cannot read %s as Parquet behind row %d: %s.".formatted(file.name(), rowNumber, cause.getMessage()),
                cause);
    }

    @Override
    public Optional<SourceItem> next() throws ImportException {
        Map<String, Object> cells;
        try {
            if (!rows.hasNext()) {
                requireAllRows();
                return Optional.empty();
            }
            rows.next();
            cells = fields(rows);
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
        rowNumber++;
        return Optional.of(events.item(rowNumber, cells));
    }

    /** Rows must not go missing silently where a damaged file says another number than it gives. */
    private void requireAllRows() throws ImportException {
        if (rowNumber != rowCount) {
            throw new ImportException(
                    ImportException.Code.UNREADABLE_FILE,
                    "Cannot read %s as Parquet: it says that it has %d rows and gives %d."
                            .formatted(file.name(), rowCount, rowNumber));
        }
    }

    private static Map<String, Object> fields(StructAccessor struct) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int index = 0; index < struct.getFieldCount(); index++) {
            if (!struct.isNull(index)) {
                @Nullable Object value = plain(struct.getValue(index));
                if (value != null) {
                    fields.put(struct.getFieldName(index), value);
                }
            }
        }
        return fields;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
            case PqStruct struct -> fields(struct);
            case PqList list -> {
                List<@Nullable Object> elements = new ArrayList<>(list.size());
                list.values().forEach(element -> elements.add(plain(element)));
                yield elements;
            }
            case PqMap map -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                map.getEntries()
                        .forEach(entry -> fields.put(
                                String.valueOf(plain(entry.getKey())),
                                entry.isValueNull() ? null : plain(entry.getValue())));
                yield fields;
            }
            default -> value;
        };
    }

    @Override
    public long bytesRead() {
        return rowCount == 0 ? file.size() : (long) ((double) file.size() * rowNumber / rowCount);
    }

    @Override
    public long bytesInAll() {
        return file.size();
    }

    @Override
    public void close() throws ImportException {
        try {
            rows.close();
        } catch (RuntimeException e) {
            throw unreadable(e);
        } finally {
            closeFile();
        }
    }
}
