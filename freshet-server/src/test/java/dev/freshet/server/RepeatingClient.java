package dev.freshet.server;

import dev.freshet.event.EventRowsBuilder;
import dev.freshet.event.EventType;
import dev.freshet.ingest.DecodedEvents;
import dev.freshet.ingest.IngestReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Sends events, and what was not acknowledged again with the same ids, to one process after the other. */
final class RepeatingClient {
    private static final String TEAM = "team_1";
    private static final int REQUESTS = 6;
    private static final int MOST_EVENTS = 32;
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private record Sent(List<UUID> ids, CompletableFuture<IngestReply> answer) {}

    private final Random random;
    private final Set<UUID> sent = new HashSet<>();
    private final Set<UUID> acknowledged = new HashSet<>();
    private final List<UUID> unanswered = new ArrayList<>();
    private long repeated;

    RepeatingClient(Random random) {
        this.random = random;
    }

    Set<UUID> sent() {
        return sent;
    }

    Set<UUID> acknowledged() {
        return acknowledged;
    }

    /** Ids that were sent again because nothing had acknowledged them. */
    long repeated() {
        return repeated;
    }

    /** Some requests, several of them at once; returns when each is answered or refused. */
    void work(EventPath path) throws Exception {
        List<Sent> open = new ArrayList<>();
        for (int request = 0; request < REQUESTS; request++) {
            List<UUID> ids = nextIds();
            open.add(new Sent(ids, path.ingest().submit(TEAM, events(ids)).toCompletableFuture()));
            if (random.nextBoolean()) {
                settle(open);
            }
        }
        settle(open);
    }

    private List<UUID> nextIds() {
        List<UUID> ids = new ArrayList<>(unanswered);
        unanswered.clear();
        repeated += ids.size();
        for (int count = 1 + random.nextInt(MOST_EVENTS); count > 0; count--) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            ids.add(id);
            sent.add(id);
        }
        return ids;
    }

    private DecodedEvents events(List<UUID> ids) {
        EventRowsBuilder rows = new EventRowsBuilder(ids.size() * 128);
        long nowMs = System.currentTimeMillis();
        for (UUID id : ids) {
            // Time and names follow from the id: a repeat is the same event.
            long bits = id.getLeastSignificantBits();
            rows.row(
                            nowMs - Math.floorMod(bits, 2) * DAY_MS,
                            id.getMostSignificantBits(),
                            id.getLeastSignificantBits(),
                            EventType.ofCode((byte) (1 + Math.floorMod(bits, 4))))
                    .text(TEAM)
                    .text("/page/" + Math.floorMod(bits, 5))
                    .text("user_" + Math.floorMod(bits, 7))
                    .text("")
                    .text("{}");
        }
        return new DecodedEvents(rows.build(), List.of());
    }

    private void settle(List<Sent> open) throws Exception {
        for (Sent request : open) {
            try {
                IngestReply reply = request.answer().get(30, TimeUnit.SECONDS);
                if (reply.accepted() + reply.duplicates() != request.ids().size()) {
                    throw new AssertionError(
                            "answered " + reply + " for " + request.ids().size() + " events");
                }
                acknowledged.addAll(request.ids());
            } catch (ExecutionException refused) {
                unanswered.addAll(request.ids());
            }
        }
        open.clear();
    }
}
