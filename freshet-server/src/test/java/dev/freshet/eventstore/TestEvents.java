package dev.freshet.eventstore;

import dev.freshet.event.EventRows;
import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** Events for tests: user, name and session follow from the position. */
final class TestEvents {
    static final String TEAM = "team_1";

    private TestEvents() {}

    /** Noon of today, so that neighbouring seconds are of one UTC day. */
    static Instant noon() {
        return Instant.now().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofHours(12));
    }

    /** {@code count} events a second apart, stamped from {@code firstPosition} on. */
    static EventRows block(long firstPosition, int count, Instant first) {
        return block(firstPosition, count, first, Duration.ofSeconds(1));
    }

    static EventRows block(long firstPosition, int count, Instant first, Duration step) {
        EventRowsBuilder builder = new EventRowsBuilder(count * 128);
        for (int row = 0; row < count; row++) {
            long position = firstPosition + row;
            add(builder, position, first.plus(step.multipliedBy(row)), "/page/" + position % 5);
        }
        return stamped(builder, firstPosition);
    }

    static EventRows named(long position, Instant at, String name) {
        EventRowsBuilder builder = new EventRowsBuilder(128);
        add(builder, position, at, name);
        return stamped(builder, position);
    }

    static void add(EventRowsBuilder builder, long position, Instant at, String name) {
        UUID id = new UUID(0x7000L, position);
        builder.row(at.toEpochMilli(), id.getMostSignificantBits(), id.getLeastSignificantBits(), type(position))
                .text(TEAM)
                .text(name)
                .text("user_" + position % 7)
                .text("session_" + position % 3)
                .text("{}");
    }

    static EventRows stamped(EventRowsBuilder builder, long firstPosition) {
        EventRows rows = builder.build();
        rows.stamp(firstPosition, Instant.now().toEpochMilli());
        return rows;
    }

    private static EventType type(long position) {
        return EventType.ofCode((byte) (1 + position % 4));
    }
}
