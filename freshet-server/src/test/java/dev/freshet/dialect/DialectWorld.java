package dev.freshet.dialect;

import dev.freshet.auth.WriteKeyGrant;
import dev.freshet.event.DeadLetter;
import dev.freshet.event.EventCursor;
import dev.freshet.event.EventType;
import dev.freshet.event.ProfileChange;
import dev.freshet.ingest.EventIds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Both decoders for two teams at one fixed time, and what they make of a body in a form that assertions can read. */
final class DialectWorld {
    static final String KEY = "fwk_one";
    static final String TEAM = "team one";
    static final String OTHER_KEY = "fwk_two";
    static final Instant NOW = Instant.parse("2026-03-05T12:00:00Z");
    static final Duration RETENTION = Duration.ofDays(90);

    final DialectMetrics metrics = new DialectMetrics();
    final SegmentDecoder segment;
    final PostHogDecoder postHog;

    DialectWorld() {
        this(TeamMappings.EMPTY);
    }

    DialectWorld(TeamMappings mappings) {
        DialectParts parts = parts(Map.of(KEY, TEAM, OTHER_KEY, "team two"), mappings, metrics);
        segment = new SegmentDecoder(parts);
        postHog = new PostHogDecoder(parts);
    }

    /** @param teams by their keys */
    static DialectParts parts(Map<String, String> teams) {
        return parts(teams, TeamMappings.EMPTY, new DialectMetrics());
    }

    private static DialectParts parts(Map<String, String> teams, TeamMappings mappings, DialectMetrics metrics) {
        return new DialectParts(
                key -> Optional.ofNullable(teams.get(key)).map(team -> new WriteKeyGrant(team, key)),
                RETENTION,
                mappings,
                new BrowserSessions(),
                new EventIds(),
                metrics);
    }

    record Event(UUID id, EventType type, String name, String user, String session, Instant at, String properties) {}

    record Change(UUID id, ProfileChange change) {}

    /** The rows of a request, each as what it is. */
    record Rows(String team, List<Event> events, List<Change> changes, List<DeadLetter> deadLetters) {
        Event event() {
            if (events.size() != 1) {
                throw new AssertionError("not one event but " + this);
            }
            return events.getFirst();
        }

        ProfileChange change() {
            if (changes.size() != 1) {
                throw new AssertionError("not one change but " + this);
            }
            return changes.getFirst().change();
        }

        DeadLetter deadLetter() {
            if (deadLetters.size() != 1) {
                throw new AssertionError("not one dead letter but " + this);
            }
            return deadLetters.getFirst();
        }
    }

    static DialectRequest request(String body) {
        return request(body.getBytes(StandardCharsets.UTF_8));
    }

    static DialectRequest request(byte[] body) {
        return new DialectRequest(
                body, List.of(KEY), Optional.empty(), OptionalLong.empty(), false, NOW.toEpochMilli());
    }

    static DialectRequest withoutHeaderKeys(String body) {
        return new DialectRequest(
                body.getBytes(StandardCharsets.UTF_8),
                List.of(),
                Optional.empty(),
                OptionalLong.empty(),
                false,
                NOW.toEpochMilli());
    }

    Rows segment(String body) {
        return rows(segment, request(body));
    }

    Rows postHog(String body) {
        return rows(postHog, request(body));
    }

    static Rows rows(DialectDecoder decoder, DialectRequest request) {
        try {
            return rows(decoder.decode(request));
        } catch (DialectException e) {
            throw new AssertionError(e);
        }
    }

    static Rows rows(DialectEvents decoded) {
        Rows rows = new Rows(decoded.teamId(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        EventCursor row = decoded.events().rows().cursor();
        while (row.next()) {
            if (!row.teamId().equals(decoded.teamId())) {
                throw new AssertionError("a row of another team: " + row.teamId());
            }
            switch (row.kind()) {
                case EVENT ->
                    rows.events()
                            .add(new Event(
                                    row.eventId(),
                                    row.eventType(),
                                    row.name(),
                                    row.userId(),
                                    row.sessionId(),
                                    Instant.ofEpochMilli(row.timestampMs()),
                                    row.properties()));
                case PROFILE_CHANGE -> rows.changes().add(new Change(row.eventId(), ProfileChange.of(row)));
                case DEAD_LETTER -> rows.deadLetters().add(DeadLetter.of(row));
                case CANARY -> throw new AssertionError("no SDK sends canaries");
            }
        }
        if (decoded.events().deadLetters() != rows.deadLetters().size()) {
            throw new AssertionError("dead letters are miscounted");
        }
        return rows;
    }
}
