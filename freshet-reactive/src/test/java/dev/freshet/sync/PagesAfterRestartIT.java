package dev.freshet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PagesAfterRestartIT {
    @Test
    void theOfficialHookBeginsAnewWhenItsCursorsAreNoneAnyMore() throws IOException, InterruptedException {
        try (ExampleServer server = new ExampleServer()) {
            ConvexObject report = ClientScript.run("pages-after-restart.mjs", server.url());

            assertThat(report.value("results")).isEqualTo(ConvexJson.decode("[100,101,102,103]"));
            assertThat(report.string("status")).isEqualTo("CanLoadMore");
            assertThat(report.value("then")).isEqualTo(ConvexJson.decode("[100,101,102,103,104,105,106,107]"));
            // The control: a cursor was refused, as the hook expects it.
            assertThat(((ConvexArray) report.value("refusals")).elements())
                    .isNotEmpty()
                    .map(ConvexObject.class::cast)
                    .allMatch(data -> data.bool("isConvexSystemError")
                            && data.string("paginationError").equals("InvalidCursor"));
        }
    }
}
