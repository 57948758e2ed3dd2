package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.adding;
import static dev.freshet.sync.ScriptedClient.byOne;
import static dev.freshet.sync.ScriptedClient.counter;
import static dev.freshet.sync.ScriptedClient.removing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Clock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments that are JSON but no values: the one call fails, and the client, whom a FatalError would end, goes on. */
@Timeout(60)
class UnreadableArgumentsTest {
    private final SyncWorld world = new SyncWorld();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"a\",\"by\":DEEP}",
                "{\"name\":\"a\",\"by\":{\"DEEP\":DEEP}}",
                "{\"n\u00e4me\":\"a\"}",
                "{\"name\":\"\\ud83d\"}",
                "{\"name\":\"a\",\"by\":{\"$integer\":\"AAAA\"},\"more\":[{}]}",
                "{\"name\":\"a\",\"by\":{\"$integer\":[1,{\"a\":[]}],\"b\":2}}",
                "{\"name\":\"a\",\"by\":{\"$float\":\"AAAAAAAA8D8=\"}}",
                "{\"name\":\"a\",\"by\":{\"$bytes\":\"AQ\"}}",
                "{\"$set\":\"x\"}",
                "3",
                "{},{}"
            })
    void failTheirCallAndNothingElse(String pattern) throws InterruptedException {
        String arguments = pattern.replace("DEEP", "[".repeat(70) + "]".repeat(70))
                .replace("{\"" + "[".repeat(70) + "]".repeat(70) + "\"", "{\"deep\"");
        try (world) {
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "counter:read", arguments), adding(1, "counter:read", counter("a")));
            client.next("Transition");
            client.mutate(0, "counter:add", arguments);
            ConvexObject mutation = client.until("MutationResponse").getLast().message();
            client.act(1, "counter:addByAction", arguments);
            ConvexObject action = client.until("ActionResponse").getLast().message();
            client.mutate(2, "counter:add", byOne("a"));
            client.until("MutationResponse");
            client.awaitValue(1, ConvexValue.of(1));

            assertThat(client.result(0).string("type")).isEqualTo("QueryFailed");
            assertThat(client.result(0).string("errorMessage")).startsWith("ArgumentValidationError: ");
            assertThat(client.result(0).has("errorData")).isFalse();
            for (ConvexObject refused : new ConvexObject[] {mutation, action}) {
                assertThat(refused.bool("success")).isFalse();
                assertThat(refused.string("result")).startsWith("ArgumentValidationError: ");
                assertThat(refused.has("errorData")).isFalse();
            }
            assertThat(world.read("a")).isEqualTo(1);
        }
    }

    @Test
    void areAnsweredInTheOrderOfTheOtherMutations() throws InterruptedException {
        try (world) {
            ScriptedClient client = world.connect("s");
            client.mutate(0, "counter:add", byOne("a"));
            client.mutate(1, "counter:add", "[]");
            client.mutate(2, "counter:add", byOne("a"));

            for (int requestId = 0; requestId < 3; requestId++) {
                assertThat(client.until("MutationResponse").getLast().message().number("requestId"))
                        .isEqualTo(requestId);
            }
        }
    }

    @Test
    void aQueryTooManyFailsAndTheOthersGoOn() throws InterruptedException {
        try (SyncWorld narrow =
                new SyncWorld(Clock.system(), new ChangedLimits().queries(3).get())) {
            ScriptedClient client = narrow.connect("s");
            client.modify(
                    0,
                    IntStream.range(0, 4)
                            .mapToObj(id -> adding(id, "counter:read", counter("c" + id)))
                            .toArray(String[]::new));
            client.next("Transition");
            assertThat(client.value(2)).contains(ConvexValue.of(0));
            assertThat(client.result(3).string("errorMessage"))
                    .startsWith("TooManyQueries: ")
                    .contains("at most 3");

            client.authenticate(0, "ada");
            client.modify(1, removing(0), removing(3), adding(4, "counter:read", counter("a")));
            while (client.value(4).isEmpty()) {
                client.next("Transition");
            }
            assertThat(client.value(4)).contains(ConvexValue.of(0));
        }
    }

    @Test
    void aClientThatGoesOnAddingQueriesIsEnded() throws Exception {
        try (SyncWorld narrow =
                new SyncWorld(Clock.system(), new ChangedLimits().queries(3).get())) {
            ScriptedClient client = narrow.connect("s");
            client.modify(
                    0,
                    IntStream.range(0, 7)
                            .mapToObj(id -> adding(id, "counter:read", counter("c" + id)))
                            .toArray(String[]::new));

            assertThat(client.next("FatalError").message().string("error")).contains("at most 3");
            client.awaitClosed();
        }
    }
}
