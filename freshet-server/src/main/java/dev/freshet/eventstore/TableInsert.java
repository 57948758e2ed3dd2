package dev.freshet.eventstore;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * One insert into one table.
 *
 * @param columns their names, separated by commas, in the order in which the rows have them
 * @param rows whole rows in RowBinary, in pieces cut anywhere; read, not changed
 * @param token of the deduplication: repeating an insert with the same token and rows changes nothing, in the table and in
 *     every rollup. Absent: ClickHouse compares the content, so that an equal insert soon after is dropped as well
 */
public record TableInsert(String table, String columns, List<ByteBuffer> rows, Optional<String> token) {
    public TableInsert {
        rows = List.copyOf(rows);
    }

    String sql() {
        return "INSERT INTO " + table + " (" + columns + ")";
    }
}
