package dev.freshet.fuzzing;

import dev.freshet.event.EventCursor;
import dev.freshet.event.EventLimits;
import dev.freshet.event.RowKind;
import dev.freshet.ingest.DecodedEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** What holds for the rows of every request, whoever sent it. */
public final class DecodedRows {
    private DecodedRows() {}

    /** Checks all rows; gives how many of them are no dead letters. */
    public static int check(DecodedEvents decoded, String teamId, long receivedAtMs, int mostPropertiesBytes) {
        int rows = 0;
        int deadLetters = 0;
        EventCursor row = decoded.rows().cursor();
        while (row.next()) {
            rows++;
            Require.equal(row.teamId(), teamId, "the team");
            if (row.kind() == RowKind.DEAD_LETTER) {
                deadLetters++;
            } else {
                checkTexts(row);
                Require.that(row.propertiesLength() <= mostPropertiesBytes, () -> "properties are too large");
                checkJson(row.properties());
                checkTime(row, receivedAtMs);
            }
        }
        Require.equal(rows, decoded.rows().count(), "the number of rows");
        Require.equal(deadLetters, decoded.deadLetters(), "the number of dead letters");
        return rows - deadLetters;
    }

    private static void checkTexts(EventCursor row) {
        for (String text : List.of(row.name(), row.userId(), row.sessionId())) {
            Require.that(
                    text.codePointCount(0, text.length()) <= EventLimits.TEXT_CODE_POINTS,
                    () -> "a text is too long: " + text);
            Require.that(text.indexOf('\0') < 0, () -> "a text holds NUL: " + text);
        }
        Require.that(!row.userId().isEmpty(), () -> "a row without a user");
    }

    private static void checkJson(String properties) {
        try {
            Require.that(Trees.isObject(properties), () -> "properties are no object: " + properties);
        } catch (IOException e) {
            throw new UncheckedIOException("properties are no JSON: " + properties, e);
        }
    }

    private static void checkTime(EventCursor row, long receivedAtMs) {
        Require.that(
                row.timestampMs() <= receivedAtMs + EventLimits.AHEAD.toMillis(),
                () -> "a row is of the future: " + row.timestampMs());
    }
}
