package dev.freshet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexObject;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every kind of value, sent by the official JavaScript client and returned or thrown to it, over a socket and over HTTP. */
class ValuesOfTheClientIT {
    private static ConvexObject report = ConvexObject.empty();

    @BeforeAll
    static void runScript() throws IOException, InterruptedException {
        try (ExampleServer server = new ExampleServer()) {
            report = ClientScript.run("values-on-tier.mjs", server.url());
        }
    }

    @Test
    void comeBackAsTheyWere() {
        assertThat(report.object("echoed")).isEqualTo(ConvexJson.decode("{\"count\":6,\"wrong\":[]}"));
    }

    @Test
    void areTheDataOfAnErrorAlsoWhenTheyAreNull() {
        assertThat(report.object("thrown"))
                .isEqualTo(ConvexJson.decode("{\"wrong\":[],\"ordinaryAreConvexErrors\":false}"));
    }

    @Test
    void thatAreNoneFailTheirCallOnly() {
        ConvexObject refused = report.object("refused");

        assertThat(refused.bool("startsAsItShould")).isTrue();
        assertThat(refused.string("overHttp")).contains("BadRequest", "lone surrogate");
        assertThat(refused.value("raw")).isEqualTo(ConvexJson.decode("[\"400 BadRequest code,message\"]"));
        assertThat(refused.string("after")).isEqualTo("goes on");
    }
}
