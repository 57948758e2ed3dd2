package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.adding;
import static dev.freshet.sync.ScriptedClient.byOne;
import static dev.freshet.sync.ScriptedClient.counter;
import static dev.freshet.sync.ScriptedClient.removing;
import static dev.freshet.sync.ScriptedClient.timestampNs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
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
        try (SyncWorld world = new SyncWorld(Clock.system(), withoutPace())) {
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
    void aGoodTokenAdvancesTheIdentityAndRunsWhatDependsOnIt() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "example:who", "{}"), adding(1, "example:forEditors", "{}"));
            client.next("Transition");
            assertThat(client.value(0)).contains(ConvexValue.of("nobody"));
            assertThat(client.result(1).object("errorData").string("code")).isEqualTo("unauthenticated");
            client.authenticate(0, "ada");
            client.next("Transition");

            assertThat(client.version().number("identity")).isEqualTo(1);
            assertThat(client.value(0)).contains(ConvexValue.of("ada"));
            assertThat(client.value(1)).contains(ConvexValue.of("secret"));

            client.say("{\"type\":\"Authenticate\",\"baseVersion\":1,\"tokenType\":\"None\"}");
            client.next("Transition");
            assertThat(client.version().number("identity")).isEqualTo(2);
            assertThat(client.value(0)).contains(ConvexValue.of("nobody"));
        }
    }

    @Test
    void whatComesBehindATokenWaitsForItsVerification() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.authenticate(0, "ada");
            client.modify(0, adding(0, "example:who", "{}"));
            client.mutate(0, "example:whoWrites", "{}");

            List<ScriptedClient.Heard> heard = client.until("MutationResponse");

            assertThat(heard.getLast().message().value("result")).isEqualTo(ConvexValue.of("ada"));
            client.awaitValue(0, ConvexValue.of("ada"));
        }
    }

    @Test
    void aMutationRunsAsWhoeverSentItThoughTheySignedOutSince() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.authenticate(0, "ada");
            client.mutate(0, "example:wait", "{}");
            client.mutate(1, "example:whoWrites", "{}");
            client.say("{\"type\":\"Authenticate\",\"baseVersion\":1,\"tokenType\":\"None\"}");
            client.mutate(2, "example:whoWrites", "{}");
            while (client.version().number("identity") < 2) {
                client.next("Transition");
            }
            world.module.openGate();

            client.until("MutationResponse");
            ConvexObject before = client.until("MutationResponse").getLast().message();
            ConvexObject after = client.until("MutationResponse").getLast().message();

            assertThat(before.value("result")).isEqualTo(ConvexValue.of("ada"));
            assertThat(after.value("result")).isEqualTo(ConvexValue.of("nobody"));
        }
    }

    @Test
    void aBadTokenIsAnAuthErrorAndAClose() throws Exception {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.authenticate(0, "ada");
            client.next("Transition");
            client.authenticate(1, "bad");

            ConvexObject error = client.next("AuthError").message();

            assertThat(error.bool("authUpdateAttempted")).isTrue();
            assertThat(error.number("baseVersion")).isEqualTo(1);
            assertThat(error.string("error")).contains("this token is no good");
            assertThat(client.awaitClosed().code()).isEqualTo(1000);
        }
    }

    @Test
    void aProviderThatDoesNotAnswerIsNoFaultOfTheToken() throws Exception {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.authenticate(0, "provider-down");

            assertThat(client.awaitClosed()).isEqualTo(new ScriptedClient.Closed(1011, "InternalServerError"));
            assertThat(client.hasHeardNothing()).isTrue();
        }
    }

    @Test
    void anExpiredTokenIsNoticedAtTheNextWorkAndNotBefore() throws Exception {
        HandClock clock = new HandClock();
        try (SyncWorld world = new SyncWorld(clock, SyncLimits.standard())) {
            world.tokensExpireAt = Optional.of(clock.now().plusSeconds(10));
            ScriptedClient client = world.connect("s");
            client.authenticate(0, "ada");
            client.modify(0, adding(0, "counter:read", counter("a")));
            client.awaitValue(0, ConvexValue.of(0));
            clock.advance(Duration.ofSeconds(9));
            world.add("a", 1);
            client.awaitValue(0, ConvexValue.of(1));

            clock.advance(Duration.ofSeconds(1));
            client.session().tick();
            assertThat(client.closed).isNotDone();
            world.add("a", 1);
            ConvexObject error = client.until("AuthError").getLast().message();

            assertThat(error.bool("authUpdateAttempted")).isFalse();
            assertThat(error.string("error")).startsWith("TokenExpired");
            assertThat(client.awaitClosed().code()).isEqualTo(1000);
        }
    }

    @Test
    void rightsThatChangeChangeWhatIsShown() throws InterruptedException {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.authenticate(0, "ada");
            client.modify(0, adding(0, "example:forEditors", "{}"));
            client.awaitValue(0, ConvexValue.of("secret"));
            client.session().callerChanged(Caller.member("ada", "team", Set.of()));
            client.next("Transition");

            assertThat(client.result(0).object("errorData").string("code")).isEqualTo("forbidden");
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
                "{\"type\":\"Mutation\",\"requestId\":0,\"udfPath\":\"counter:add\",\"args\":[{},{}]}",
                "{\"type\":\"Mutation\",\"requestId\":0,\"udfPath\":\"counter:add\",\"args\":[{\"by\":{\"$integer\":\"x\"}}]}"
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
    void aMessageThatIsTooLongIsFatal() throws Exception {
        try (SyncWorld world = new SyncWorld(Clock.system(), limits(500, 100))) {
            ScriptedClient client = world.connect("s");
            client.modify(0, adding(0, "counter:read", counter("a".repeat(500))));

            assertThat(client.next("FatalError").message().string("error")).contains("at most 500 characters");
            assertThat(client.awaitClosed().code()).isEqualTo(1000);
        }
    }

    @Test
    void aSlowClientIsOwedTwoTransitionsAtMostAndThenGetsTheNewestState() throws InterruptedException {
        try (SyncWorld world = new SyncWorld(Clock.system(), withoutPace())) {
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
        SyncLimits standard = SyncLimits.standard();
        SyncLimits limits = new SyncLimits(
                standard.messageLength(),
                standard.waitingMessages(),
                standard.waitingCharacters(),
                standard.queries(),
                standard.waitingMutations(),
                standard.parallelActions(),
                standard.unsentTransitions(),
                Duration.ZERO,
                2_000,
                standard.transitionBytes(),
                standard.pingInterval());
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
            ScriptedClient unpaced = ScriptedClient.open(world.serverWith(withoutPace()));
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
                    limits(10_000, 100));
            ScriptedClient client = ScriptedClient.open(server);
            client.connect("s");
            client.authenticate(0, "ada");
            IntStream.range(0, 150).forEach(id -> client.mutate(id, "counter:add", byOne("a")));

            assertThat(client.awaitClosed()).isEqualTo(new ScriptedClient.Closed(1013, "TooManyConcurrentRequests"));
            verified.countDown();
            assertThat(world.read("a")).isZero();
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

    private static SyncLimits withoutPace() {
        return limits(SyncLimits.standard().messageLength(), 5_000);
    }

    private static SyncLimits limits(int messageLength, int waitingMessages) {
        SyncLimits standard = SyncLimits.standard();
        return new SyncLimits(
                messageLength,
                waitingMessages,
                standard.waitingCharacters(),
                standard.queries(),
                standard.waitingMutations(),
                standard.parallelActions(),
                standard.unsentTransitions(),
                Duration.ZERO,
                standard.unsentCharacters(),
                standard.transitionBytes(),
                standard.pingInterval());
    }
}
