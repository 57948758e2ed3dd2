package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.byOne;
import static dev.freshet.sync.ScriptedClient.timestampNs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A mutation that is sent again after its socket was cut, by whoever the client is by then. */
@Timeout(60)
class RepeatedMutationTest {
    private final SyncWorld world = new SyncWorld();

    /** Ada's mutation is committed, and her socket is gone before she hears of it. */
    private ConvexObject commitAsAda() throws InterruptedException {
        ScriptedClient ada = world.connect("s");
        ada.authenticate(0, "ada");
        ada.mutate(7, "counter:addAsEditor", byOne("a"));
        ConvexObject response = ada.until("MutationResponse").getLast().message();
        assertThat(response.bool("success")).isTrue();
        ada.session().closed();
        return response;
    }

    private static ConvexObject sendAgain(ScriptedClient client) throws InterruptedException {
        client.mutate(7, "counter:addAsEditor", byOne("a"));
        return client.until("MutationResponse").getLast().message();
    }

    @Test
    void isAnsweredAsItWasThoughItsSendersTokenIsOver() throws InterruptedException {
        try (world) {
            ConvexObject first = commitAsAda();
            ConvexObject again = sendAgain(world.connect("s"));

            assertThat(again.bool("success")).isTrue();
            assertThat(timestampNs(again)).isEqualTo(timestampNs(first));
            assertThat(again.value("result")).isEqualTo(ConvexValue.of(1));
            assertThat(world.read("a")).isEqualTo(1);
        }
    }

    @Test
    void isAnsweredAsItWasThoughItsFunctionTakesOtherArgumentsByNow() throws InterruptedException {
        try (world) {
            ConvexObject first = commitAsAda();
            ScriptedClient client = world.connect("s");
            client.mutate(7, "counter:addAsEditor", "{}");
            ConvexObject again = client.next("MutationResponse").message();

            assertThat(again.bool("success")).isTrue();
            assertThat(timestampNs(again)).isEqualTo(timestampNs(first));
        }
    }

    @Test
    void tellsAnotherPersonNothingAndRunsNothing() throws InterruptedException {
        try (world) {
            commitAsAda();
            ScriptedClient stranger = world.connect("s");
            stranger.authenticate(0, "mallory");
            ConvexObject again = sendAgain(stranger);

            assertThat(again.bool("success")).isFalse();
            assertThat(again.string("result")).contains("somebody else").doesNotContain("1.0");
            assertThat(again.has("errorData")).isFalse();
            assertThat(world.read("a")).isEqualTo(1);
        }
    }

    @Test
    void whatNobodySentIsStillTheirsOnceTheyHaveSignedIn() throws InterruptedException {
        try (world) {
            ScriptedClient client = world.connect("s");
            client.mutate(0, "counter:add", byOne("a"));
            long committedNs = timestampNs(client.next("MutationResponse").message());
            client.session().closed();
            ScriptedClient back = world.connect("s");
            back.authenticate(0, "ada");
            back.mutate(0, "counter:add", byOne("a"));

            assertThat(timestampNs(back.until("MutationResponse").getLast().message()))
                    .isEqualTo(committedNs);
            assertThat(world.read("a")).isEqualTo(1);
        }
    }

    @Test
    void whatWasNeverCommittedIsRefusedAsEver() throws InterruptedException {
        try (world) {
            assertThat(sendAgain(world.connect("s")).bool("success")).isFalse();
            assertThat(world.read("a")).isZero();
        }
    }
}
