package dev.freshet.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.UUID;

/** Writes request bodies of plausible events: 20 names, 8,000 users, 2,000 sessions, a few properties. */
final class EventBodies {
    private static final String[] TYPES = {"page_view", "feature_used", "error_occurred", "conversion_step"};

    private final SplittableRandom random;

    EventBodies(SplittableRandom random) {
        this.random = random;
    }

    /** A JSON array of new events that happen now. */
    byte[] next(int events) {
        StringBuilder body = new StringBuilder(events * 240);
        long nowMs = System.currentTimeMillis();
        for (int event = 0; event < events; event++) {
            body.append(event == 0 ? "[" : ",");
            append(body, nowMs);
        }
        return body.append(']').toString().getBytes(StandardCharsets.UTF_8);
    }

    private void append(StringBuilder body, long nowMs) {
        int user = random.nextInt(8_000);
        body.append("{\"event_id\":\"").append(new UUID(random.nextLong(), random.nextLong()));
        body.append("\",\"event_type\":\"").append(TYPES[random.nextInt(TYPES.length)]);
        body.append("\",\"name\":\"/page/").append(random.nextInt(20));
        body.append("\",\"user_id\":\"user-").append(user);
        body.append("\",\"session_id\":\"session-").append(user % 2_000);
        body.append("\",\"timestamp\":").append(nowMs);
        body.append(",\"properties\":{\"plan\":\"pro\",\"duration_ms\":")
                .append(random.nextInt(5_000))
                .append("}}");
    }
}
