package dev.freshet.eventstore;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.freshet.event.EventCursor;
import dev.freshet.event.EventType;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where an event goes that ClickHouse refuses to take: into {@code rejected_events}, or, where that refuses it as well, into a file.
 * It was acknowledged, so that this must be seen: it is logged as an error and counted.
 */
final class RefusedEvents {
    static final String CODE = "store_refused";

    private static final Logger log = LoggerFactory.getLogger(RefusedEvents.class);
    private static final JsonFactory JSON = new JsonFactory();

    private final EventStore store;
    private final Path file;

    RefusedEvents(EventStore store, Path file) {
        this.store = store;
        this.file = file;
    }

    /**
     * @param batch of one row
     * @throws EventStoreException when ClickHouse cannot be reached now; to be repeated
     */
    void setAside(DayBatch batch, EventStoreException refusal) {
        EventCursor row = batch.rows().getFirst().cursor();
        if (!row.next()) {
            throw new IllegalArgumentException("a refused batch has one row");
        }
        String body = json(row);
        String message = String.valueOf(refusal.getMessage());
        RowBinaryWriter rejected = new RowBinaryWriter();
        DeadLetters.write(rejected, row.teamId(), row.receivedAtMs(), row.logPosition(), "native", CODE, message, body);
        log.error("ClickHouse refuses an event, set aside [log_position={}]", row.logPosition(), refusal);
        try {
            store.insert(DeadLetters.insert(rejected, batch.token() + "-refused"));
        } catch (EventStoreException second) {
            if (!second.isRefusedContent()) {
                throw second;
            }
            second.addSuppressed(refusal);
            log.error("nor does its dead letter fit, written to a file [file={}]", file, second);
            append(body);
        }
    }

    private void append(String body) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(
                    file, body + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.DSYNC);
        } catch (IOException failure) {
            throw new EventStoreException(
                    0,
                    EventStoreException.SYNC_FAILED,
                    "A refused event could not be written to " + file + ": " + failure,
                    failure);
        }
    }

    private static String json(EventCursor row) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("event_id", row.eventId().toString());
            json.writeStringField("event_type", typeName(row.eventTypeCode()));
            json.writeStringField("name", row.name());
            json.writeStringField("user_id", row.userId());
            json.writeStringField("session_id", row.sessionId());
            json.writeStringField(
                    "timestamp", Instant.ofEpochMilli(row.timestampMs()).toString());
            json.writeNumberField("log_position", row.logPosition());
            json.writeStringField("properties", row.properties());
            json.writeEndObject();
        } catch (IOException failure) {
            throw new IllegalStateException("JSON could not be written to memory", failure);
        }
        return text.toString();
    }

    private static String typeName(byte code) {
        return Arrays.stream(EventType.values())
                .filter(type -> type.code() == code)
                .map(EventType::wireName)
                .findFirst()
                .orElse("unknown (" + code + ")");
    }
}
