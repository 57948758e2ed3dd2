package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.adding;
import static dev.freshet.sync.ScriptedClient.byOne;
import static dev.freshet.sync.ScriptedClient.counter;
import static dev.freshet.sync.ScriptedClient.removing;
import static dev.freshet.sync.ScriptedClient.timestampNs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class SyncSessionTest {
    private static final ConvexObject DATA =
            ConvexObject.of("code", ConvexValue.of("forbidden"), "message", ConvexValue.of("You may not."));

    @Test
    void answersAnEmptyQuerySetByATransition() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.modify(0);

            ConvexObject transition = client.next("Transition").message();

            assertThat(client.version().number("querySet")).isEqualTo(1);
            assertThat(transition.value("modifications")).isEqualTo(ConvexValue.array());
            // The clocks are told both or not at all.
            assertThat(transition.has("clientClockSkew")).isFalse();
            assertThat(transition.has("serverTs")).isFalse();
        }
    }

    @Test
    void tellsBothClocksToAClientThatToldItsOwn() throws InterruptedException {
        HandClock clock = new HandClock();
        try (SyncWorld world = new SyncWorld(clock, SyncLimits.standard())) {
            ScriptedClient client = world.open();
            client.say("{\"type\":\"Connect\",\"sessionId\":\"s\",\"clientTs\":" + (clock.epochMs() + 250) + "}");
            client.modify(0);

            ConvexObject transition = client.next("Transition").message();

            assertThat(transition.number("clientClockSkew")).isEqualTo(250);
            assertThat(transition.number("serverTs")).isEqualTo((double) clock.epochNs());
        }
    }

    @Test
    void bringsAllResultsOfTheSetInOneTransition() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            world.add("a", 2);
            ScriptedClient client = world.connect("s");
            client.modify(
                    0,
                    adding(0, "counter:read", counter("a")),
                    adding(1, "counter.js:read", counter("b")),
                    adding(2, "example:values", "{}"));

            String text = client.next("Transition").text();

            assertThat(client.results.keySet()).containsExactlyInAnyOrder(0L, 1L, 2L);
            assertThat(text)
                    .contains("\"queryId\":0,\"value\":2.0,\"logLines\":[],\"journal\":null}")
                    .contains("\"whole\":1.0", "\"int64\":{\"$integer\":\"BwAAAAAAAAA=\"}", "{\"$float\":");
        }
    }

    @Test
    void addedAndRemovedQueriesComeAndGo() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "counter:read", counter("a")), adding(1, "counter:read", counter("b")));
            client.next("Transition");
            client.modify(1, removing(0), adding(2, "counter:read", counter("a")));
            while (client.version().number("querySet") < 2) {
                client.next("Transition");
            }
            assertThat(client.results.keySet()).containsExactlyInAnyOrder(1L, 2L);

            world.add("a", 1);
            client.awaitValue(2, ConvexValue.of(1));
            assertThat(client.results.keySet()).containsExactlyInAnyOrder(1L, 2L);
        }
    }

    @Test
    void aMutationsResponseComesBeforeEveryTransitionThatShowsIt() throws InterruptedException {
        try (SyncWorld world =
                new SyncWorld(Clock.system(), new ChangedLimits().withoutPace().get())) {
            // Many executions to tell of each commit: there is time between its being visible and its response.
            ScriptedClient bystander = world.connect("bystander");
            bystander.modify(
                    0,
                    IntStream.range(0, 300)
                            .mapToObj(id -> adding(id, "counter:read", counter("a"))
                                    .replace("\"args\"", "\"journal\":\"" + id + "\",\"args\""))
                            .toArray(String[]::new));
            bystander.next("Transition");
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "counter:read", counter("a")), adding(1, "counter:read", counter("noise")));
            client.next("Transition");
            Thread noise =
                    Thread.ofVirtual().start(() -> IntStream.range(0, 150).forEach(ignored -> world.add("noise", 1)));

            for (int requestId = 0; requestId < 40; requestId++) {
                client.mutate(requestId, "counter:add", byOne("a"));
                List<ScriptedClient.Heard> heard = client.until("MutationResponse");
                ConvexObject response = heard.getLast().message();
                long committedNs = timestampNs(response);
                assertThat(response.bool("success")).isTrue();
                assertThat(client.timestampNs())
                        .as("shown before it was answered")
                        .isLessThan(committedNs);
                while (client.timestampNs() < committedNs) {
                    client.next("Transition");
                }
                assertThat(client.value(0)).contains(ConvexValue.of(requestId + 1));
            }
            noise.join();
        }
    }

    @Test
    void anUnchangedResultIsNotSentButItsMutationsTransitionIs() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            world.add("a", 1);
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "counter:isPositive", counter("a")));
            client.next("Transition");
            client.mutate(0, "counter:add", byOne("a"));

            long committedNs = timestampNs(client.next("MutationResponse").message());
            ConvexObject transition = client.next("Transition").message();

            assertThat(client.timestampNs()).isGreaterThanOrEqualTo(committedNs);
            assertThat(transition.value("modifications")).isEqualTo(ConvexValue.array());
            // The negative control: a result that does change is sent.
            client.mutate(1, "counter:add", "{\"name\":\"a\",\"by\":-5}");
            client.next("MutationResponse");
            client.awaitValue(0, ConvexValue.of(false));
        }
    }

    @Test
    void mutationsOfOneSocketRunInTheirOrder() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "chat:list", "{}"));
            client.next("Transition");
            IntStream.range(0, 50).forEach(id -> client.mutate(id, "chat:send", "{\"body\":\"m" + id + "\"}"));

            List<Double> answered = new ArrayList<>();
            while (answered.size() < 50) {
                ConvexObject message = client.next().message();
                if (message.string("type").equals("MutationResponse")) {
                    answered.add(message.number("requestId"));
                }
            }
            client.awaitValue(
                    0,
                    ConvexValue.strings(
                            IntStream.range(0, 50).mapToObj(id -> "m" + id).toList()));

            assertThat(answered).isSorted().hasSize(50);
        }
    }

    @Test
    void aMutationThatFailsIsAnsweredAndLeavesNothing() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "counter:read", counter("a")));
            client.next("Transition");
            client.mutate(0, "counter:addAndFail", byOne("a"));
            client.mutate(1, "counter:add", "{\"name\":\"a\",\"by\":\"one\"}");
            client.mutate(2, "counter:lost", "{}");

            ConvexObject refused = client.next("MutationResponse").message();
            ConvexObject wrongArguments = client.next("MutationResponse").message();
            ConvexObject unknown = client.next("MutationResponse").message();

            assertThat(refused.bool("success")).isFalse();
            assertThat(refused.object("errorData").string("code")).isEqualTo("refused");
            assertThat(refused.value("logLines")).isInstanceOf(ConvexArray.class);
            assertThat(wrongArguments.string("result")).startsWith("ArgumentValidationError:");
            assertThat(wrongArguments.has("errorData")).isFalse();
            assertThat(unknown.string("result")).startsWith("Could not find public function for 'counter:lost'");
            assertThat(world.read("a")).isZero();
        }
    }

    @Test
    void queriesThatFailAreResultsAndTheOthersGoOn() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.modify(
                    0,
                    adding(0, "example:refuse", "{}"),
                    adding(1, "example:crash", "{}"),
                    adding(2, "example:lost", "{}"),
                    adding(3, "example:hidden", "{}"),
                    adding(4, "counter:read", "{\"nome\":\"a\"}"),
                    adding(5, "counter:add", byOne("a")),
                    adding(6, "counter:read", counter("a")),
                    "{\"type\":\"Add\",\"queryId\":7,\"udfPath\":\"counter:read\",\"args\":[" + counter("a")
                            + "],\"componentPath\":\"other\"}");
            client.next("Transition");

            assertThat(client.result(0).object("errorData")).isEqualTo(DATA);
            assertThat(client.result(1).string("errorMessage")).matches("\\[Request ID: [0-9a-f]+] Server Error");
            assertThat(client.result(1).has("errorData")).isFalse();
            for (long missing : new long[] {2, 3, 5, 7}) {
                assertThat(client.result(missing).string("errorMessage"))
                        .startsWith("Could not find public function for '");
            }
            assertThat(client.result(4).string("errorMessage")).startsWith("ArgumentValidationError:");
            assertThat(client.value(6)).contains(ConvexValue.of(0));
            world.add("a", 1);
            client.awaitValue(6, ConvexValue.of(1));
        }
    }

    @Test
    void actionsAreAnsweredBesideMutations() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.mutate(0, "example:wait", "{}");
            client.act(1, "counter:addByAction", byOne("a"));
            client.act(2, "counter:lost", "{}");

            List<ConvexObject> answers = List.of(
                    client.next("ActionResponse").message(),
                    client.next("ActionResponse").message());

            ConvexObject good = answers.stream()
                    .filter(answer -> answer.number("requestId") == 1)
                    .findFirst()
                    .orElseThrow();
            ConvexObject bad = answers.stream()
                    .filter(answer -> answer.number("requestId") == 2)
                    .findFirst()
                    .orElseThrow();
            assertThat(good.value("result")).isEqualTo(ConvexValue.of(1));
            assertThat(bad.bool("success")).isFalse();
            world.module.openGate();
            assertThat(client.next("MutationResponse").message().number("requestId"))
                    .isZero();
        }
    }

    @Test
    void aClientThatReturnsGetsTheWholeSetAgainUnderItsOwnIds() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient first = world.connect("s");
            first.modify(0, adding(3, "counter:read", counter("a")), adding(5, "counter:read", counter("b")));
            first.next("Transition");
            first.session().closed();
            world.add("a", 1);

            ScriptedClient second = world.open();
            second.say("{\"type\":\"Connect\",\"sessionId\":\"s\",\"connectionCount\":1,\"lastCloseReason\":null,"
                    + "\"maxObservedTimestamp\":\"" + ConvexJson.base64(first.timestampNs()) + "\"}");
            second.modify(0, adding(3, "counter:read", counter("a")), adding(5, "counter:read", counter("b")));
            second.next("Transition");

            assertThat(second.results.keySet()).containsExactlyInAnyOrder(3L, 5L);
            assertThat(second.value(3)).contains(ConvexValue.of(1));
            assertThat(second.timestampNs()).isGreaterThan(first.timestampNs());
        }
    }

    @Test
    void aClientThatHasSeenLaterTimesIsSentAwayForNow() throws Exception {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.open();
            client.say("{\"type\":\"Connect\",\"sessionId\":\"s\",\"maxObservedTimestamp\":\""
                    + ConvexJson.base64(Long.MAX_VALUE) + "\"}");
            client.modify(0);

            assertThat(client.awaitClosed()).isEqualTo(new ScriptedClient.Closed(1011, "InternalServerError"));
            assertThat(client.hasHeardNothing()).isTrue();
        }
    }

    @Test
    void aMutationSentAgainIsAnsweredAgainAndAppliedOnce() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient first = world.connect("s");
            first.mutate(7, "counter:add", byOne("a"));
            ConvexObject response = first.next("MutationResponse").message();

            // The old socket is not known to be dead when the new one comes.
            ScriptedClient second = world.connect("s");
            second.modify(0, adding(0, "counter:read", counter("a")));
            second.mutate(7, "counter:add", byOne("a"));
            ConvexObject again = second.until("MutationResponse").getLast().message();

            assertThat(again).isEqualTo(response);
            assertThat(world.read("a")).isEqualTo(1);
            // Its promise is resolved by a Transition behind the response.
            second.next("Transition");
            assertThat(second.timestampNs()).isGreaterThanOrEqualTo(timestampNs(response));

            // The negative control: another session's seventh request is another request.
            ScriptedClient other = world.connect("t");
            other.mutate(7, "counter:add", byOne("a"));
            other.next("MutationResponse");
            assertThat(world.read("a")).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"Connect\"",
                "[1]",
                "{\"type\":\"Connect\"} {}",
                "{\"type\":\"Conect\"}",
                "{\"sessionId\":\"s\"}",
                "{\"type\":\"ModifyQuerySet\",\"baseVersion\":1,\"newVersion\":2,\"modifications\":[]}",
                "{\"type\":\"ModifyQuerySet\",\"baseVersion\":0,\"newVersion\":0,\"modifications\":[]}",
                "{\"type\":\"ModifyQuerySet\",\"baseVersion\":0,\"newVersion\":1}",
                "{\"type\":\"ModifyQuerySet\",\"baseVersion\":0,\"newVersion\":1,\"modifications\":[{\"type\":\"Remove\",\"queryId\":4}]}",
                "{\"type\":\"ModifyQuerySet\",\"baseVersion\":0,\"newVersion\":1,\"modifications\":[{\"type\":\"Change\",\"queryId\":4}]}",
                "{\"type\":\"Authenticate\",\"baseVersion\":1,\"tokenType\":\"None\"}",
                "{\"type\":\"Authenticate\",\"baseVersion\":0,\"tokenType\":\"Key\",\"value\":\"k\"}",
                "{\"type\":\"Connect\",\"sessionId\":\"s\"}",
                "{\"type\":\"Mutation\",\"requestId\":-1,\"udfPath\":\"counter:add\",\"args\":[{}]}",
                "{\"type\":\"Mutation\",\"requestId\":0,\"args\":[{}]}",
                "{\"type\":\"Mutation\",\"requestId\":0,\"args\":[{\"by\":{\"$integer\":\"x\"}}]}"
            })
    void aMessageThatBreaksTheProtocolIsFatal(String message) throws Exception {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.say(message);

            assertThat(client.next("FatalError").message().string("error")).isNotEmpty();
            assertThat(client.awaitClosed().code()).isEqualTo(1000);
            assertThat(world.server.sessions()).isZero();
        }
    }

    @Test
    void aMessageBeforeConnectIsFatal() throws Exception {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.open();
            client.modify(0);

            client.next("FatalError");
            assertThat(client.awaitClosed().code()).isEqualTo(1000);
        }
    }

    @Test
    void unknownFieldsAndTelemetryAreOfNoConsequence() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.open();
            client.say("{\"new\":{\"a\":[1]},\"connectionCount\":0,\"type\":\"Connect\",\"lastCloseReason\":null}");
            client.say("{\"type\":\"Event\",\"eventType\":\"Unheard\",\"event\":[{\"args\":3}]}");
            client.say("{\"modifications\":[{\"queryId\":0,\"udfPath\":\"chat:list\",\"type\":\"Add\",\"later\":true}],"
                    + "\"newVersion\":4,\"baseVersion\":0,\"type\":\"ModifyQuerySet\"}");

            client.next("Transition");
            assertThat(client.version().number("querySet")).isEqualTo(4);
            assertThat(client.value(0)).contains(ConvexValue.array());
        }
    }

    @Test
    void aPingIsSentAfterFifteenSecondsOfSilence() throws InterruptedException {
        HandClock clock = new HandClock();
        try (SyncWorld world = new SyncWorld(clock, SyncLimits.standard())) {
            ScriptedClient client = world.connect("s");
            client.modify(0);
            client.next("Transition");
            clock.advance(Duration.ofMillis(14_900));
            world.server.tick();
            clock.advance(Duration.ofMillis(100));
            world.server.tick();

            assertThat(client.next().text()).isEqualTo("{\"type\":\"Ping\"}");
            world.server.tick();
            client.modify(1);
            client.next("Transition");
        }
    }

    @Test
    void aServerThatStopsSendsItsClientsElsewhere() throws Exception {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            world.server.close();
            ScriptedClient late = world.open();

            assertThat(client.awaitClosed().code()).isEqualTo(1001);
            assertThat(late.awaitClosed().code()).isEqualTo(1001);
        }
    }
}
