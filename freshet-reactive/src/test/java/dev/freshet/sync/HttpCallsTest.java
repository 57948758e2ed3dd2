package dev.freshet.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.api.Caller;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.runtime.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class HttpCallsTest {
    private final SyncWorld world = new SyncWorld(Clock.system(), SyncLimits.standard());

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void runsEachKindOfFunction() {
        String add =
                "{\"path\":\"counter:add\",\"args\":[{\"name\":\"a\",\"by\":2}],\"format\":\"convex_encoded_json\"}";
        assertThat(post("mutation", add)).isEqualTo(success("2.0"));
        assertThat(post("function", add.replace("[{", "{").replace("}]", "}"))).isEqualTo(success("4.0"));
        assertThat(post("action", add.replace("counter:add", "counter:addByAction")))
                .isEqualTo(success("6.0"));
        assertThat(post("run/counter/read", "{\"args\":{\"name\":\"a\"}}")).isEqualTo(success("6.0"));
        assertThat(post("query", "{\"path\":\"counter:read\",\"args\":{\"name\":\"a\"},\"unknown\":[{}]}"))
                .isEqualTo(success("6.0"));
        assertThat(get("counter:read", "{\"name\":\"a\"}", Optional.empty())).isEqualTo(success("6.0"));
    }

    @Test
    void whatAFunctionThrowsIsAReplyLikeAnyOther() {
        assertThat(post("query", "{\"path\":\"example:refuse\",\"args\":{}}"))
                .satisfies(reply -> assertThat(reply.status()).isEqualTo(200))
                .extracting(HttpCallsTest::bodyOf)
                .satisfies(body -> assertThat(body.string("status")).isEqualTo("error"))
                .satisfies(body ->
                        assertThat(body.object("errorData").string("code")).isEqualTo("forbidden"))
                .satisfies(body -> assertThat(body.has("logLines")).isFalse());
        HttpReply crash = post("query", "{\"path\":\"example:crash\",\"args\":{}}");
        assertThat(crash.status()).isEqualTo(200);
        assertThat(bodyOf(crash).has("errorData")).isFalse();
        for (String path : new String[] {"example:lost", "example:hidden", "counter:add", "no path"}) {
            HttpReply missing = post("query", "{\"path\":\"" + path + "\",\"args\":{}}");
            assertThat(missing.status()).isEqualTo(200);
            assertThat(bodyOf(missing).string("errorMessage"))
                    .startsWith("Could not find public function for '" + path + "'");
        }
        HttpReply inComponent =
                post("function", "{\"path\":\"counter:read\",\"args\":{\"name\":\"a\"},\"componentPath\":\"other\"}");
        assertThat(bodyOf(inComponent).string("errorMessage")).startsWith("Could not find public function");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "convex_encoded_json | {\"$bytes\":\"AQID\"} | {\"$integer\":\"BwAAAAAAAAA=\"} | {\"$float\":\"AAAAAAAA+H8=\"}",
                "convex_json         | {\"$bytes\":\"AQID\"} | {\"$integer\":\"BwAAAAAAAAA=\"} | {\"$float\":\"AAAAAAAA+H8=\"}",
                "export_json         | {\"$bytes\":\"AQID\"} | 7                               | {\"$float\":\"AAAAAAAA+H8=\"}",
                "json                | \"AQID\"              | \"7\"                           | \"NaN\"",
                "convex_clean_json   | \"AQID\"              | \"7\"                           | \"NaN\""
            })
    void writesValuesInTheFormatAskedFor(String format, String bytes, String int64, String notANumber) {
        String value = "{\"bytes\":" + bytes + ",\"int64\":" + int64 + ",\"list\":[null,true],\"notANumber\":"
                + notANumber + ",\"whole\":1.0}";

        assertThat(post("query", "{\"path\":\"example:values\",\"args\":{},\"format\":\"" + format + "\"}"))
                .isEqualTo(success(value));
        assertThat(get("example:values", "[{}]", Optional.of(format))).isEqualTo(success(value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "query       | {\"path\":\"counter:read\"            | BadRequest",
                "query       | []                                    | BadRequest",
                "query       | {\"args\":{}}                         | BadRequest",
                "query       | {\"path\":{\"path\":\"chat:list\"}}   | BadRequest",
                "query       | {\"path\":\"chat:list\"} {}           | BadRequest",
                "query       | {\"path\":\"chat:list\",\"args\":[1]} | BadRequest",
                "query       | {\"path\":\"chat:list\",\"args\":{\"$set\":\"x\"}} | BadRequest",
                "query       | {\"path\":\"chat:list\",\"args\":{},\"format\":\"xml\"} | BadFormat",
                "query_batch | {\"queries\":[1]}                     | BadRequest",
                "query_at_ts | {\"path\":\"chat:list\",\"args\":{}}  | BadRequest",
                "query_at_ts | {\"path\":\"chat:list\",\"args\":{},\"ts\":\"x\"} | BadRequest",
                "unheard     | {\"path\":\"chat:list\",\"args\":{}}  | BadRequest"
            })
    void aBodyThatIsNoneIsRefusedWithExactlyCodeAndMessage(String endpoint, String body, String code) {
        HttpReply reply = post(endpoint, body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(bodyOf(reply).fields().keySet()).containsExactly("code", "message");
        assertThat(bodyOf(reply).string("code")).isEqualTo(code);
    }

    @Test
    void aBatchIsAnsweredInItsOrder() {
        world.add("a", 1);
        HttpReply reply = post(
                "query_batch",
                "{\"queries\":[{\"path\":\"counter:read\",\"args\":[{\"name\":\"a\"}]},"
                        + "{\"path\":\"example:values\",\"args\":[{}],\"format\":\"export_json\"},"
                        + "{\"path\":\"example:lost\",\"args\":[{}]}]}");

        assertThat(reply.body())
                .startsWith("{\"results\":[{\"status\":\"success\",\"value\":1.0},{\"status\":\"success\",\"value\":{")
                .contains("\"int64\":7")
                .contains("\"status\":\"error\"");
    }

    @Test
    void aBatchWhoseResultsAreTooLargeTogetherIsRefused() {
        String large = "{\"path\":\"example:large\",\"args\":[{\"name\":\"a\"}]}";

        HttpReply alone = post("query_batch", "{\"queries\":[" + large + "]}");
        HttpReply thrice = post("query_batch", "{\"queries\":[" + String.join(",", large, large, large) + "]}");

        assertThat(alone.status()).isEqualTo(200);
        assertThat(thrice.status()).isEqualTo(400);
        assertThat(bodyOf(thrice).string("code")).isEqualTo("BatchTooLarge");
        assertThat(bodyOf(thrice).string("message")).contains("at most 16777216 characters", "fewer");
    }

    @Test
    void aTimestampNamesASnapshotThatLaterWritesDoNotChange() {
        world.add("a", 1);
        String timestamp = bodyOf(post("query_ts", "")).string("ts");
        world.add("a", 1);
        String atTimestamp = "{\"path\":\"counter:read\",\"args\":{\"name\":\"a\"},\"ts\":\"" + timestamp + "\"}";

        assertThat(post("query_at_ts", atTimestamp)).isEqualTo(success("1.0"));
        assertThat(post("query", "{\"path\":\"counter:read\",\"args\":{\"name\":\"a\"}}"))
                .isEqualTo(success("2.0"));
        HttpReply unknown = post("query_at_ts", atTimestamp.replace(timestamp, ConvexJson.base64(5)));
        assertThat(unknown.status()).isEqualTo(503);
        assertThat(bodyOf(unknown).string("code")).isEqualTo("OutOfRetention");
    }

    @Test
    void anAnswerWaitsForARowThatIsBeingMade() throws Exception {
        try (SyncWorld patient =
                new SyncWorld(Clock.system(), SyncLimits.standard(), SyncWorld.limits(Duration.ofMinutes(1)))) {
            CompletableFuture<HttpReply> reply = patient.server
                    .post("query", "{\"path\":\"example:demanded\",\"args\":{\"key\":\"k\"}}", Caller.anonymous())
                    .toCompletableFuture();
            assertThat(patient.demandedKey.get(30, TimeUnit.SECONDS)).isEqualTo("k");
            assertThat(reply).isNotDone();
            patient.publish("k", "made");

            assertThat(reply.get(30, TimeUnit.SECONDS)).isEqualTo(success("\"made\""));
        }
    }

    @Test
    void anAnswerDoesNotWaitForEver() {
        assertThat(post("query", "{\"path\":\"example:demanded\",\"args\":{\"key\":\"k\"}}"))
                .isEqualTo(success("null"));
    }

    @ParameterizedTest
    @CsvSource({
        "npm-1.4.0, true",
        "npm-0.19.1, true",
        "npm-1.4.0-alpha.2, true",
        "npm-1.4.1-alpha.2, false",
        "npm-1.4.1, false",
        "npm-1.48.0, false",
        "python-0.4.1, true",
        "python-0.5.0, false",
        "rust-0.1.0, false",
        "npm-, false",
        "npm-1.4, false",
        "unheard, false",
        ", false"
    })
    void clientsFromBeforeTheFormatCouldBeNamedGetTheEncodedOne(String header, boolean isEncoded) {
        ClientVersion client = ClientVersion.named(header);
        String body = "{\"path\":\"example:values\",\"args\":{}}";
        String text = isEncoded ? "{\"$integer\":\"BwAAAAAAAAA=\"}" : "\"7\"";

        assertThat(world.server
                        .post("query", body, Caller.anonymous(), client)
                        .toCompletableFuture()
                        .join()
                        .body())
                .contains("\"int64\":" + text);
        assertThat(world.server
                        .getQuery("example:values", "{}", Optional.empty(), Caller.anonymous(), client)
                        .toCompletableFuture()
                        .join()
                        .body())
                .contains("\"int64\":" + text);
        // By this way the default is the clean format whoever asks.
        assertThat(world.server
                        .post("run/example/values", "{}", Caller.anonymous(), client)
                        .toCompletableFuture()
                        .join()
                        .body())
                .contains("\"int64\":\"7\"");
    }

    @Test
    void theSegmentsOfARunPathAreDecodedOneByOne() {
        String body = "{\"args\":{\"name\":\"a\"}}";
        assertThat(post("run/%63ounter/re%61d", body)).isEqualTo(success("0.0"));
        assertThat(bodyOf(post("run/counter%2Fread", body)).string("errorMessage"))
                .startsWith("Could not find public function for 'counter/read'");
        assertThat(bodyOf(post("run/a%2Fb/c", body)).string("errorMessage")).contains("'a/b:c'");
        assertThat(bodyOf(post("run/a/b%2Fc+d", body)).string("errorMessage")).contains("'a:b/c+d'");
        assertThat(post("run/a/%zz", body).status()).isEqualTo(400);
    }

    private HttpReply post(String endpoint, String body) {
        return world.server
                .post(endpoint, body, Caller.anonymous())
                .toCompletableFuture()
                .join();
    }

    private HttpReply get(String path, String arguments, Optional<String> format) {
        return world.server
                .getQuery(path, arguments, format, Caller.anonymous(), ClientVersion.UNKNOWN)
                .toCompletableFuture()
                .join();
    }

    private static HttpReply success(String value) {
        return new HttpReply(200, "{\"status\":\"success\",\"value\":" + value + "}");
    }

    private static ConvexObject bodyOf(HttpReply reply) {
        return (ConvexObject) ConvexJson.decode(reply.body());
    }
}
