package dev.freshet.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.PresentedKeys;
import dev.freshet.event.RejectCode;
import dev.freshet.event.RowsTooLargeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/**
 * Turns request bodies of the native endpoint into rows, in one pass. Thread-safe; the caller's thread does the work, less
 * for bodies as most senders write them ({@link PlainDecoding}) than where all rules are
 * looked at ({@link BatchDecoding}), more for unpacking.
 *
 * <p>A wrong event never costs its neighbours anything. A fault of the JSON syntax costs the whole body, or in NDJSON its
 * line: what a parser would have made of the rest is a guess, and a sender that mends and repeats such a body would count
 * twice what had been taken. More than {@value BatchDecoding#REJECT_LIMIT} wrong events in one body cost the whole body too.
 */
public final class EventDecoder {
    /** The limit of a packed body. */
    public static final int BODY_LIMIT_BYTES = 8 * 1024 * 1024;

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final JsonFactory json;
    private final Duration retention;
    private final EventIds eventIds;

    /** @param retention how old a timestamp may be */
    public EventDecoder(Duration retention, EventIds eventIds) {
        this.retention = retention;
        this.eventIds = eventIds;
        this.json = new JsonFactoryBuilder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .streamReadConstraints(LongTexts.CONSTRAINTS)
                .build();
    }

    /** As the other, of a body that came without a key and may be as large as any. */
    public DecodedEvents decode(
            String teamId, byte[] body, BodyEncoding encoding, BodyFormat format, long receivedAtMs) {
        return decode(teamId, body, encoding, format, receivedAtMs, PresentedKeys.NONE, DecodingShare.ALONE);
    }

    /**
     * Decodes a body. Whatever its bytes are, the answer is rows and rejects; at least one of either; refused events are among the rows as dead letters.
     *
     * @param receivedAtMs the time of receipt, which timestamps are checked against and default to
     * @param keys what the body came with; dead letters do not show them
     * @throws IngestException BODY_TOO_LARGE
     * @throws LargeBodyException when the body needs more than the share
     */
    public DecodedEvents decode(
            String teamId,
            byte[] body,
            BodyEncoding encoding,
            BodyFormat format,
            long receivedAtMs,
            PresentedKeys keys,
            DecodingShare share) {
        if (body.length > BODY_LIMIT_BYTES) {
            throw BodyUnpacker.tooLarge(BODY_LIMIT_BYTES + " bytes");
        }
        byte[] unpacked;
        try {
            unpacked = BodyUnpacker.unpack(body, encoding, share);
        } catch (IOException fault) {
            return packedWrongly(teamId, receivedAtMs, fault);
        }
        int from = startsWithByteOrderMark(unpacked) ? BYTE_ORDER_MARK.length : 0;
        try {
            return new PlainDecoding(teamId, unpacked, eventIds, retention, receivedAtMs, share.rowBytes())
                    .decode(from, format)
                    .orElseGet(() -> decodeWithAllRules(teamId, unpacked, from, format, receivedAtMs, keys, share));
        } catch (RowsTooLargeException tooLarge) {
            share.leaveToLarger();
            throw BodyUnpacker.tooLarge(share.rowLimit());
        }
    }

    /** What {@link #decode} does where a body is not plain; the same in the end, and slower, where it is. */
    DecodedEvents decodeWithAllRules(String teamId, byte[] unpacked, int from, BodyFormat format, long receivedAtMs) {
        return decodeWithAllRules(
                teamId, unpacked, from, format, receivedAtMs, PresentedKeys.NONE, DecodingShare.ALONE);
    }

    private DecodedEvents decodeWithAllRules(
            String teamId,
            byte[] unpacked,
            int from,
            BodyFormat format,
            long receivedAtMs,
            PresentedKeys keys,
            DecodingShare share) {
        EventFields fields = new EventFields(retention, eventIds, unpacked);
        BatchDecoding decoding =
                new BatchDecoding(json, teamId, unpacked, fields, receivedAtMs, keys, share.rowBytes());
        try {
            return switch (format) {
                case JSON -> decoding.decodeJson(from);
                case NDJSON -> decoding.decodeLines(from);
            };
        } catch (IOException fault) {
            throw new UncheckedIOException("reading from memory failed", fault);
        }
    }

    /** The dead letter has no body: packed bytes tell nobody anything. */
    private static DecodedEvents packedWrongly(String teamId, long receivedAtMs, IOException fault) {
        RejectCode code = RejectCode.INVALID_JSON;
        String message = "The body cannot be unpacked (" + Quoted.of(String.valueOf(fault.getMessage()))
                + "); check its Content-Encoding.";
        EventRowsBuilder rows = new EventRowsBuilder(0);
        new DeadLetter(teamId, receivedAtMs, BatchDecoding.DIALECT, code.wireName(), message, "").addTo(rows);
        return new DecodedEvents(rows.build(), 1, List.of(new Reject(0, code, message)));
    }

    private static boolean startsWithByteOrderMark(byte[] body) {
        return body.length >= BYTE_ORDER_MARK.length
                && body[0] == BYTE_ORDER_MARK[0]
                && body[1] == BYTE_ORDER_MARK[1]
                && body[2] == BYTE_ORDER_MARK[2];
    }
}
