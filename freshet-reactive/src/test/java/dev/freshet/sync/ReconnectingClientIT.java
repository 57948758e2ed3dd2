package dev.freshet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexValue;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The official JavaScript client, unmodified, whose connection is cut at the worst moments. */
class ReconnectingClientIT {
    private static ConvexObject report = ConvexObject.empty();

    @BeforeAll
    static void runScript() throws IOException, InterruptedException {
        try (ExampleServer server = new ExampleServer()) {
            report = ClientScript.run("client-reconnects.mjs", server.url());
        }
    }

    @Test
    void aMutationCutOffBetweenItsResponseAndItsTransitionResolvesByTheOldTimestamp() {
        assertThat(report.object("cutBetweenResponseAndTransition"))
                .isEqualTo(ConvexJson.decode("{\"resolvedByTheResponse\":false,\"result\":1,\"mutationsSent\":2,"
                        + "\"responses\":2,\"isTheOldTimestamp\":true,\"values\":[0,1],\"stored\":1}"));
    }

    @Test
    void anActionUnderWayFailsAndOneNotYetSentIsSentAfterTheReconnect() {
        ConvexObject seen = report.object("actions");

        assertThat(seen.string("failure")).contains("Connection lost while action was in flight");
        assertThat(seen.number("sentWhileDown")).isEqualTo(1);
        assertThat(seen.value("sent")).isEqualTo(ConvexJson.decode("[\"under way\",\"unsent\"]"));
        assertThat(seen.number("result")).isEqualTo(2);
        assertThat(seen.number("stored")).isEqualTo(1);
    }

    @Test
    void whatIsAskedForOfflineGoesInOrderAndTheFirstTransitionCarriesAll() {
        assertThat(report.object("offline"))
                .isEqualTo(ConvexJson.decode("{\"sent\":[\"Connect\",\"ModifyQuerySet\",\"Mutation\",\"Mutation\","
                        + "\"Mutation\"],\"requestIds\":[0,1,2],\"added\":4,\"inFirstTransition\":4,\"order\":[0,1,2],"
                        + "\"bodies\":[\"offline a\",\"offline b\",\"offline c\"],\"errors\":0}"));
    }

    @Test
    void ofTwoTokensTheFirstSlowAndTheSecondBadNeitherStays() {
        ConvexObject seen = report.object("twoAuthenticates");

        assertThat(seen.number("firstSocket")).isEqualTo(2);
        assertThat(((ConvexArray) seen.value("authErrors")).elements())
                .isNotEmpty()
                .allMatch(ConvexValue.of(true)::equals);
        assertThat(((ConvexArray) seen.value("changes")).elements().getLast()).isEqualTo(ConvexValue.of(true));
        assertThat(seen.string("written")).isEqualTo("grace");
        assertThat(((ConvexArray) seen.value("shown")).elements())
                .startsWith(ConvexValue.of("nobody"))
                .endsWith(ConvexValue.of("grace"))
                .doesNotContain(ConvexValue.of("bad"));
        assertThat(seen.number("errors")).isZero();
    }
}
