package dev.freshet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexFloat64;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import java.io.IOException;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The official JavaScript client, unmodified, against the tier alone; its script is among the system tests' scripts. */
class OfficialClientIT {
    private static final String NOT_FOUND = "Could not find public function for 'example:lost'";
    private static ConvexObject report = ConvexObject.empty();

    @BeforeAll
    static void runScript() throws IOException, InterruptedException {
        try (ExampleServer server = new ExampleServer()) {
            report = ClientScript.run("client-on-tier.mjs", server.url());
        }
    }

    @Test
    void anUpdateArrivesBeforeTheMutationsPromiseResolves() {
        ConvexObject seen = report.object("updateBeforePromise");

        assertThat(seen.number("result")).isEqualTo(1);
        assertThat(texts(seen, "order")).containsExactly("value 0", "value 1", "resolved");
        assertThat(seen.number("errors")).isZero();
    }

    @Test
    void optimisticUpdatesBecomeRealWithoutAFlicker() {
        List<Double> shown = StreamSupport.stream(
                        ((ConvexArray) report.object("optimisticUpdate").value("shown")).spliterator(), false)
                .map(ConvexFloat64.class::cast)
                .map(ConvexFloat64::value)
                .toList();

        assertThat(shown).isSorted().contains(0.0, 1.0, 2.0, 3.0);
        assertThat(shown.getLast()).isEqualTo(3);
    }

    @Test
    void dataOfAConvexErrorArrivesOverBothWays() {
        ConvexObject seen = report.object("errors");

        assertThat(seen.object("query").string("code")).isEqualTo("forbidden");
        assertThat(seen.object("httpQuery")).isEqualTo(seen.object("query"));
        assertThat(seen.object("mutation").string("code")).isEqualTo("refused");
        assertThat(seen.object("httpMutation")).isEqualTo(seen.object("mutation"));
    }

    @Test
    void whatCannotBeCalledIsSaidAndTheSocketGoesOn() {
        ConvexObject seen = report.object("errors");

        for (String kind : List.of("unknownQuery", "unknownMutation", "unknownAction", "unknownHttp")) {
            assertThat(seen.string(kind)).as(kind).contains(NOT_FOUND);
        }
        assertThat(seen.string("wrongArguments")).contains("ArgumentValidationError:");
        assertThat(seen.number("after")).isEqualTo(1);
    }

    @Test
    void theHttpClientCallsEveryKindOfFunction() {
        assertThat(report.object("overHttp"))
                .isEqualTo(ConvexJson.decode("{\"mutation\":1.5,\"action\":2.5,\"query\":2.5,\"consistent\":2.5,"
                        + "\"int64\":\"7\",\"notANumber\":true,\"bytes\":3}"));
    }

    @Test
    void twoClientsSeeEachOthersChanges() {
        ConvexObject seen = report.object("actionAndTwoClients");

        assertThat(texts(seen, "ada")).containsExactly("hello", "hello yourself");
        assertThat(seen.value("grace")).isEqualTo(seen.value("ada"));
        assertThat(seen.number("byAction")).isEqualTo(4);
    }

    @Test
    void aMutationWhoseAnswerIsLostIsSentAgainAndAppliedOnce() {
        ConvexObject seen = report.object("cutInTheMiddleOfAMutation");

        // The negative control: the answer was lost, and the client did send the mutation again.
        assertThat(seen.number("lostBytes")).isPositive();
        assertThat(seen.number("shownBeforeTheCut")).isZero();
        assertThat(seen.number("connections")).isEqualTo(2);
        assertThat(seen.number("mutationsSent")).isEqualTo(2);
        assertThat(seen.number("result")).isEqualTo(1);
        assertThat(seen.number("stored")).isEqualTo(1);
        assertThat(seen.value("values")).isEqualTo(ConvexValue.array(ConvexValue.of(0), ConvexValue.of(1)));
        assertThat(seen.number("errors")).isZero();
    }

    @Test
    void anExpiredTokenIsFetchedAnew() {
        ConvexObject seen = report.object("expiredToken");

        assertThat(seen.bool("fetchedByForce")).isTrue();
        assertThat(seen.value("changes")).isEqualTo(ConvexValue.array(ConvexValue.of(true)));
        assertThat(texts(seen, "values").getLast()).isEqualTo("ada");
        assertThat(seen.number("errors")).isZero();
    }

    @Test
    void aResultOfSeveralMegabytesComesInPieces() {
        ConvexObject seen = report.object("largeResult");

        // Twelve million bytes each: the first result, and the one that shows the mutation.
        assertThat(seen.value("types"))
                .isEqualTo(ConvexJson.decode("[\"TransitionChunk\",\"TransitionChunk\",\"TransitionChunk\","
                        + "\"MutationResponse\",\"TransitionChunk\",\"TransitionChunk\",\"TransitionChunk\"]"));
        assertThat(seen.value("lengths")).isEqualTo(ConvexJson.decode("[6000003,6000003]"));
        assertThat(seen.bool("isWhole")).isTrue();
        assertThat(seen.number("errors")).isZero();
        assertThat(seen.value("toOlderClients")).isEqualTo(ConvexJson.decode("[\"Transition\",\"Transition\"]"));
    }

    private static List<String> texts(ConvexObject object, String field) {
        return StreamSupport.stream(((ConvexArray) object.value(field)).spliterator(), false)
                .map(value -> value instanceof ConvexString(String text) ? text : value.toString())
                .toList();
    }
}
