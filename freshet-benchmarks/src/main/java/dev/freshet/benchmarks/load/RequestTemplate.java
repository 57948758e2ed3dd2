package dev.freshet.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A whole HTTP request that is built once; for each use only the bytes that differ from event to event are written over. All
 * parts have a fixed width. Costs some 50 ns an event, so that the load takes little of the machine it shares with what it
 * measures. Confined to one thread.
 */
public final class RequestTemplate {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final String ID = "00000000-0000-4000-8000-000000000000";
    private static final String MILLISECONDS = "0000000000000";

    private final byte[] request;
    private final List<Slots> events;

    private RequestTemplate(byte[] request, List<Slots> events) {
        this.request = request;
        this.events = List.copyOf(events);
    }

    /** Where the changing parts of one event begin. */
    record Slots(int id, int name, int user, int session, int duration, int timestamp) {}

    /** What a server is sent. */
    public enum Body {
        JSON {
            @Override
            Slots append(StringBuilder body, int type) {
                int id = fixed(body, "{\"event_id\":\"", ID);
                body.append("\",\"event_type\":\"").append(EventSequence.type(type));
                int name = fixed(body, "\",\"name\":\"/page/", "00");
                int user = fixed(body, "\",\"user_id\":\"user-", "0000");
                int session = fixed(body, "\",\"session_id\":\"session-", "0000");
                int timestamp = fixed(body, "\",\"timestamp\":", MILLISECONDS);
                int duration = fixed(body, ",\"properties\":{\"plan\":\"pro\",\"duration_ms\":", "0000");
                body.append("}}");
                return new Slots(id, name, user, session, duration, timestamp);
            }
        },
        /** The line protocol of QuestDB, times in nanoseconds. */
        LINES {
            @Override
            Slots append(StringBuilder body, int type) {
                body.append("events,event_type=").append(EventSequence.type(type));
                int name = fixed(body, ",name=/page/", "00");
                int id = fixed(body, " event_id=\"", ID);
                int user = fixed(body, "\",user_id=\"user-", "0000");
                int session = fixed(body, "\",session_id=\"session-", "0000");
                int duration = fixed(body, "\",properties=\"{\\\"plan\\\":\\\"pro\\\",\\\"duration_ms\\\":", "0000");
                int timestamp = fixed(body, "}\" ", MILLISECONDS);
                body.append("000000\n");
                return new Slots(id, name, user, session, duration, timestamp);
            }
        };

        abstract Slots append(StringBuilder body, int type);

        private static int fixed(StringBuilder body, String before, String blank) {
            int at = body.append(before).length();
            body.append(blank);
            return at;
        }
    }

    /**
     * @param head the request line and headers, each with its line end, but for the length
     * @param firstType the type of the first event; the others' follow in turn
     */
    static RequestTemplate of(String head, Body format, int events, int firstType) {
        StringBuilder body = new StringBuilder();
        List<Slots> slots = new ArrayList<>();
        boolean isArray = format == Body.JSON && events > 1;
        for (int event = 0; event < events; event++) {
            if (isArray) {
                body.append(event == 0 ? '[' : ',');
            }
            slots.add(format.append(body, firstType + event));
        }
        if (isArray) {
            body.append(']');
        }
        String start = head + "Content-Length: " + body.length() + "\r\n\r\n";
        List<Slots> placed = new ArrayList<>();
        Consumer<Slots> place = slot -> placed.add(new Slots(
                slot.id + start.length(),
                slot.name + start.length(),
                slot.user + start.length(),
                slot.session + start.length(),
                slot.duration + start.length(),
                slot.timestamp + start.length()));
        slots.forEach(place);
        return new RequestTemplate((start + body).getBytes(StandardCharsets.US_ASCII), placed);
    }

    int sizeBytes() {
        return request.length;
    }

    int events() {
        return events.size();
    }

    /** Writes the request of the events from {@code number} on. */
    void put(EventSequence sequence, long number, ByteBuffer target) {
        // One clock call a request; a request's events have neighbouring times.
        long timestampMs = sequence.timestampMs(number);
        for (int event = 0; event < events.size(); event++) {
            Slots slots = events.get(event);
            long each = number + event;
            long shape = sequence.shape(each);
            id(slots.id, sequence.idHigh(each), sequence.idLow(each));
            digits(slots.name, 2, EventSequence.name(shape));
            digits(slots.user, 4, EventSequence.user(shape));
            digits(slots.session, 4, EventSequence.session(shape));
            digits(slots.duration, 4, EventSequence.durationMs(shape));
            digits(slots.timestamp, MILLISECONDS.length(), timestampMs);
        }
        target.put(request);
    }

    private void id(int at, long high, long low) {
        hex(at, high >>> 32, 8);
        hex(at + 9, high >>> 16, 4);
        hex(at + 14, high, 4);
        hex(at + 19, low >>> 48, 4);
        hex(at + 24, low, 12);
    }

    private void hex(int at, long value, int count) {
        long rest = value;
        for (int digit = at + count - 1; digit >= at; digit--) {
            request[digit] = HEX[(int) rest & 0xf];
            rest >>>= 4;
        }
    }

    private void digits(int at, int count, long value) {
        long rest = value;
        for (int digit = at + count - 1; digit >= at; digit--) {
            request[digit] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
