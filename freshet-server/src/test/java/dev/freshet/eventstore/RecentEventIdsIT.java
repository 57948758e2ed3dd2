package dev.freshet.eventstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.event.EventRows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RecentEventIdsIT {
    private final EmbeddedEventStore store = EngineUnderTest.newStore();

    @AfterEach
    void drop() {
        EngineUnderTest.drop(store);
    }

    @Test
    void everyEventReceivedSinceThenIsGivenOnceInPages() {
        Instant since = Instant.now().minus(Duration.ofHours(24));
        insert(TestEvents.block(1, 50, TestEvents.noon()), since.minusMillis(1), 1);
        insert(TestEvents.block(51, 50, TestEvents.noon()), since, 51);
        insert(TestEvents.block(101, 50, TestEvents.noon().minus(Duration.ofDays(30))), since.plusSeconds(5), 101);

        List<UUID> ids = new ArrayList<>();
        new RecentEventIds(store, 7).forEachSince(since, (team, high, low, receivedAtMs) -> {
            assertThat(team).isEqualTo(TestEvents.TEAM);
            assertThat(receivedAtMs).isGreaterThanOrEqualTo(since.toEpochMilli());
            ids.add(new UUID(high, low));
        });

        assertThat(ids).hasSize(100).doesNotHaveDuplicates();
        assertThat(ids).contains(new UUID(0x7000L, 51), new UUID(0x7000L, 150)).doesNotContain(new UUID(0x7000L, 50));
    }

    @Test
    void anEmptyStoreGivesNone() {
        new RecentEventIds(store).forEachSince(Instant.EPOCH, (team, high, low, receivedAtMs) -> {
            throw new AssertionError("an id out of nothing");
        });
    }

    private void insert(EventRows rows, Instant receivedAt, long firstPosition) {
        rows.stamp(firstPosition, receivedAt.toEpochMilli());
        store.insertEvents(List.of(rows), "token-" + firstPosition);
    }
}
