package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.adding;
import static dev.freshet.sync.ScriptedClient.counter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SessionAuthenticationTest {
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
    void anAuthenticatorThatFailsByAnErrorIsNoFaultOfTheToken() throws Exception {
        try (SyncWorld world = new SyncWorld()) {
            ScriptedClient client = world.connect("s");
            client.authenticate(0, "error");

            assertThat(client.awaitClosed()).isEqualTo(new ScriptedClient.Closed(1011, "InternalServerError"));
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
}
