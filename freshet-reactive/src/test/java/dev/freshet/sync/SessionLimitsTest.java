package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.adding;
import static dev.freshet.sync.ScriptedClient.byOne;
import static dev.freshet.sync.ScriptedClient.counter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SessionLimitsTest {
    @Test
    void aMessageThatIsTooLongIsFatal() throws Exception {
        try (SyncWorld world = new SyncWorld(
                Clock.system(),
                new ChangedLimits()
                        .withoutPace()
                        .messageLength(500)
                        .waitingMessages(100)
                        .get())) {
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "counter:read", counter("a".repeat(500))));

            assertThat(client.next("FatalError").message().string("error")).contains("at most 500 characters");
            assertThat(client.awaitClosed().code()).isEqualTo(1000);
        }
    }

    @Test
    void aSlowClientIsOwedTwoTransitionsAtMostAndThenGetsTheNewestState() throws InterruptedException {
        try (SyncWorld world =
                new SyncWorld(Clock.system(), new ChangedLimits().withoutPace().get())) {
            ScriptedClient slow = world.connect("slow");
            ScriptedClient quick = world.connect("quick");
            slow.modify(0, adding(0, "counter:read", counter("a")));
            slow.next("Transition");
            quick.modify(0, adding(0, "counter:read", counter("a")));
            slow.stopReading();
            for (int value = 1; value <= 40; value++) {
                world.add("a", 1);
                quick.awaitValue(0, ConvexValue.of(value));
            }
            slow.next("Transition");
            slow.next("Transition");

            assertThat(slow.unsent()).isEqualTo(2);
            assertThat(slow.hasHeardNothing()).isTrue();
            slow.readAgain();
            slow.next("Transition");
            assertThat(slow.value(0)).contains(ConvexValue.of(40));
        }
    }

    @Test
    void aClientThatNeverReadsIsSentAwayBeforeItCostsMuch() throws Exception {
        SyncLimits limits =
                new ChangedLimits().withoutPace().unsentCharacters(2_000).get();
        try (SyncWorld world = new SyncWorld(Clock.system(), limits)) {
            ScriptedClient client = world.connect("s");
            client.stopReading();
            IntStream.range(0, 50).forEach(id -> client.act(id, "counter:addByAction", byOne("a")));

            assertThat(client.awaitClosed()).isEqualTo(new ScriptedClient.Closed(1013, "TooManyConcurrentRequests"));
        }
    }

    @Test
    void changesByOthersAreTakenTogetherAndAnIsolatedOneGoesAtOnce() throws InterruptedException {
        HandClock clock = new HandClock();
        try (SyncWorld world = new SyncWorld(clock, SyncLimits.standard())) {
            ScriptedClient paced = ScriptedClient.open(world.server);
            ScriptedClient unpaced = ScriptedClient.open(
                    world.serverWith(new ChangedLimits().withoutPace().get()));
            for (ScriptedClient client : List.of(paced, unpaced)) {
                client.connect("s");
                client.modify(0, adding(0, "counter:read", counter("a")));
                client.next("Transition");
            }
            clock.advance(Duration.ofMillis(50));
            world.add("a", 1);
            paced.awaitValue(0, ConvexValue.of(1));

            for (int value = 2; value <= 20; value++) {
                world.add("a", 1);
                unpaced.awaitValue(0, ConvexValue.of(value));
            }
            assertThat(paced.hasHeardNothing()).isTrue();
            clock.advance(Duration.ofMillis(50));
            paced.next("Transition");
            assertThat(paced.value(0)).contains(ConvexValue.of(20));

            // What a client does itself does not wait for the clock.
            paced.mutate(0, "counter:add", byOne("a"));
            paced.next("MutationResponse");
            paced.awaitValue(0, ConvexValue.of(21));
        }
    }

    @Test
    void moreMutationsThanMayWaitCloseTheSocket() throws Exception {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            IntStream.rangeClosed(0, 1_001).forEach(id -> client.mutate(id, "example:wait", "{}"));

            assertThat(client.awaitClosed()).isEqualTo(new ScriptedClient.Closed(1013, "TooManyConcurrentMutations"));
        }
    }

    @Test
    void messagesHeldBackDuringVerificationAreBounded() throws Exception {
        CountDownLatch verified = new CountDownLatch(1);
        try (SyncWorld world = new SyncWorld()) {
            SyncServer server = new SyncServer(
                    world.runtime,
                    token -> {
                        try {
                            verified.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt(); // the answer does not matter any more
                        }
                        return world.authenticate(token);
                    },
                    new ChangedLimits()
                            .withoutPace()
                            .messageLength(10_000)
                            .waitingMessages(100)
                            .get());
            ScriptedClient client = ScriptedClient.open(server);
            client.connect("s");
            client.authenticate(0, "ada");
            IntStream.range(0, 150).forEach(id -> client.mutate(id, "counter:add", byOne("a")));

            assertThat(client.awaitClosed()).isEqualTo(new ScriptedClient.Closed(1013, "TooManyConcurrentRequests"));
            verified.countDown();
            assertThat(world.read("a")).isZero();
        }
    }
}
