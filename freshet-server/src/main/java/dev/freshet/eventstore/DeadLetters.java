package dev.freshet.eventstore;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventRows;
import java.util.List;
import java.util.Optional;

/** Rows of the table {@code rejected_events}. */
final class DeadLetters {
    private static final String COLUMNS = "team_id, received_at, log_position, dialect, code, message, body";

    private DeadLetters() {}

    /** The dead letters of a batch, as one insert under its token. */
    static TableInsert insert(DayBatch batch) {
        RowBinaryWriter target = new RowBinaryWriter();
        for (EventRows block : batch.rows()) {
            EventCursor row = block.cursor();
            while (row.next()) {
                write(
                        target,
                        row.teamId(),
                        row.receivedAtMs(),
                        row.logPosition(),
                        row.userId(),
                        row.name(),
                        row.sessionId(),
                        row.properties());
            }
        }
        return insert(target, batch.token());
    }

    static TableInsert insert(RowBinaryWriter rows, String token) {
        return new TableInsert("rejected_events", COLUMNS, List.of(rows.rows()), Optional.of(token));
    }

    static void write(
            RowBinaryWriter target,
            String teamId,
            long receivedAtMs,
            long logPosition,
            String dialect,
            String code,
            String message,
            String body) {
        target.string(teamId)
                .int64(receivedAtMs)
                .int64(logPosition)
                .string(dialect)
                .string(code)
                .string(message)
                .string(body);
    }
}
