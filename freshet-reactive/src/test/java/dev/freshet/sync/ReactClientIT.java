package dev.freshet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.functions.value.ConvexString;
import dev.freshet.functions.value.ConvexValue;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The official React hooks, unmodified, against the tier alone. */
class ReactClientIT {
    private static ConvexObject report = ConvexObject.empty();

    @BeforeAll
    static void runScript() throws Exception {
        try (ExampleServer server = new ExampleServer()) {
            report = ClientScript.run("react-on-tier.mjs", server.url());
        }
    }

    @Test
    void pagesAreLoadedOneAfterTheOtherUntilTheyAreExhausted() {
        assertThat(report.object("pages").value("loaded"))
                .isEqualTo(ConvexJson.decode(
                        "[[4,\"CanLoadMore\"],[8,\"CanLoadMore\"],[12,\"CanLoadMore\"]," + "[12,\"Exhausted\"]]"));
    }

    @Test
    void whatIsWrittenBetweenPagesAppearsOnceAndInOrder() {
        ConvexObject pages = report.object("pages");

        assertThat(pages.value("afterInsert")).isEqualTo(ConvexValue.of(15));
        assertThat(pages.value("brokenRenders")).isEqualTo(ConvexValue.array());
    }

    @Test
    void aPageThatGrewIsSplitInTwo() {
        ConvexObject pages = report.object("pages");

        assertThat(pages.number("endCursorsSent")).isGreaterThanOrEqualTo(2);
        assertThat(pages.number("afterSplit")).isEqualTo(24);
    }

    @Test
    void aCutSocketLosesNeitherPlaceNorRow() {
        ConvexObject pages = report.object("pages");

        assertThat(pages.number("connections")).isGreaterThanOrEqualTo(2);
        assertThat(pages.number("journalsSent")).isPositive();
        assertThat(pages.value("afterCut")).isEqualTo(pages.value("expectedAfterCut"));
        assertThat(pages.string("statusAfterCut")).isEqualTo("Exhausted");
    }

    @Test
    void aSignedInPersonIsSeenThroughTheEndOfATokenAndNoLongerThanThat() {
        ConvexObject signedIn = report.object("signedIn");

        assertThat(signedIn.bool("whileLoading")).isTrue();
        // The provider signs Ada out before it signs Grace in, so that nobody may be seen in between.
        List<String> shown = ((ConvexArray) signedIn.value("shown"))
                .elements().stream().map(who -> ((ConvexString) who).value()).toList();
        assertThat(shown)
                .containsSubsequence("nobody", "ada", "grace", "nobody")
                .containsOnlyOnce("ada", "grace");
        assertThat(signedIn.value("writers")).isEqualTo(ConvexJson.decode("[\"ada\",\"ada\",\"grace\",\"nobody\"]"));
        // The server said that the token was over, and a fresh one was asked for; nobody saw a thing.
        assertThat(signedIn.value("atTheEnd")).isEqualTo(ConvexJson.decode("[\"ada true\"]"));
        assertThat(signedIn.value("shownThroughTheEnd")).isEqualTo(ConvexJson.decode("[\"ada\"]"));
        assertThat(signedIn.number("connections")).isEqualTo(2);
    }

    @Test
    void useQueryUseMutationAndUseActionWorkWithOptimisticUpdates() {
        ConvexObject counter = report.object("counter");

        assertThat(counter.value("shown")).isEqualTo(ConvexJson.decode("[null,0,1,2,7]"));
        assertThat(counter.value("results")).isEqualTo(ConvexJson.decode("[1,2,7]"));
    }
}
