package dev.freshet.systemtests;

import static dev.freshet.systemtests.FaultProxy.Fault.NONE;
import static dev.freshet.systemtests.FaultProxy.Fault.REPLY_CUT_IN_BODY;
import static dev.freshet.systemtests.FaultProxy.Fault.REPLY_CUT_IN_HEAD;
import static dev.freshet.systemtests.FaultProxy.Fault.REPLY_HELD;
import static dev.freshet.systemtests.FaultProxy.Fault.REPLY_LOST;
import static dev.freshet.systemtests.FaultProxy.Fault.TOO_MANY_REQUESTS;
import static dev.freshet.systemtests.FaultProxy.Fault.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.posthog.server.PostHog;
import com.posthog.server.PostHogConfig;
import com.posthog.server.PostHogInterface;
import com.segment.analytics.Analytics;
import com.segment.analytics.messages.GroupMessage;
import com.segment.analytics.messages.IdentifyMessage;
import com.segment.analytics.messages.TrackMessage;
import dev.freshet.benchmarks.process.ClickHouseQueries;
import dev.freshet.benchmarks.process.HttpCalls;
import dev.freshet.benchmarks.process.ServerProcess;
import dev.freshet.systemtests.FaultProxy.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The SDKs that teams have, unmodified and as they come but for their public options, all at once against one server: it refuses
 * them for a while, loses its replies, and is killed and started again while they send.
 */
class SdksIT {
    private static final String WRITE_KEY = "sdks-write-key";
    private static final String ADMIN_KEY = "sdks-admin-key";
    private static final Duration LIMIT = Duration.ofSeconds(150);

    private static final String SEGMENT_NODE = "segment-node";
    private static final String SEGMENT_JAVA = "segment-java";
    private static final String SEGMENT_BROWSER = "segment-browser";
    private static final String RUDDERSTACK_NODE = "rudderstack-node";
    private static final String POSTHOG_NODE = "posthog-node";
    private static final String POSTHOG_JAVA = "posthog-java";
    private static final String POSTHOG_BROWSER = "posthog-browser";

    /** PostHog's browser SDK drops what is answered 429, so the server never answers its SDKs that. */
    private static final Map<String, List<Fault>> FAULTS = Map.of(
            SEGMENT_NODE, faultsOf(TOO_MANY_REQUESTS),
            SEGMENT_JAVA, faultsOf(TOO_MANY_REQUESTS),
            SEGMENT_BROWSER, faultsOf(TOO_MANY_REQUESTS),
            RUDDERSTACK_NODE, faultsOf(TOO_MANY_REQUESTS),
            POSTHOG_NODE, faultsOf(UNAVAILABLE),
            POSTHOG_BROWSER, faultsOf(UNAVAILABLE),
            // Where a reply is lost or cut it drops the batch, which is stored by then.
            POSTHOG_JAVA,
                    List.of(NONE, UNAVAILABLE, UNAVAILABLE, REPLY_LOST, NONE, REPLY_CUT_IN_HEAD, REPLY_CUT_IN_BODY));

    private static List<Fault> faultsOf(Fault first) {
        return List.of(NONE, first, UNAVAILABLE, REPLY_LOST, NONE, REPLY_CUT_IN_HEAD, REPLY_CUT_IN_BODY);
    }

    private static final Map<String, FaultProxy> proxies = new LinkedHashMap<>();
    private static final Map<String, Integer> sent = new LinkedHashMap<>();
    private static final HttpCalls http = new HttpCalls();
    private static JsonNode nodeReport = MissingNode.getInstance();
    private static long duplicatesBeforeKill;
    private static long duplicatesAtEnd;
    private static Stored stored = new Stored(Map.of(), Map.of(), Map.of());

    /** What the event store holds in the end: by name of event how often, by person what is known, by SDK how many page views. */
    private record Stored(
            Map<String, Long> events, Map<String, String> people, Map<String, Long> pageViewsOfTheCampaign) {}

    private static final class Run implements AutoCloseable {
        private final Path data;
        private final int port = ServerProcess.freePort();
        private final int clickHousePort = ServerProcess.freePort();
        private final ClickHouseQueries clickHouse = new ClickHouseQueries(http, clickHousePort, ADMIN_KEY);
        private ServerProcess server;

        Run(Path data) throws IOException, InterruptedException {
            this.data = data;
            server = start();
        }

        private ServerProcess start() throws IOException, InterruptedException {
            return ServerProcess.start(
                    Checkout.root(),
                    List.of("serve", "--port", Integer.toString(port), "--data-dir", data.toString()),
                    Map.of(
                            "FRESHET_WRITE_KEY", WRITE_KEY,
                            "FRESHET_ADMIN_KEY", ADMIN_KEY,
                            "FRESHET_CLICKHOUSE_PORT", Integer.toString(clickHousePort)));
        }

        void restart() throws IOException, InterruptedException {
            server = start();
        }

        long duplicates() throws IOException, InterruptedException {
            return http.get(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("freshet_ingest_duplicates_total "))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                    .findFirst()
                    .orElseThrow();
        }

        /** How many different events of an SDK the store holds. */
        long distinct(String sdk) throws IOException, InterruptedException {
            return clickHouse.number(
                    "SELECT uniqExact(name) FROM events WHERE user_id = '%s-user' FORMAT TSV".formatted(sdk));
        }

        void awaitAll(String sdk, int count) throws Exception {
            await("all " + count + " events of " + sdk, () -> distinct(sdk) >= count);
        }

        Stored stored() throws Exception {
            await(
                    "people",
                    () -> clickHouse.number("SELECT count() FROM profiles FINAL WHERE traits LIKE '%acme%' FORMAT TSV")
                            == proxies.size());
            return new Stored(
                    counts("SELECT name, count() FROM events WHERE user_id LIKE '%-user' GROUP BY name FORMAT TSV"),
                    texts("SELECT user_id, concat(JSONExtractString(traits, 'plan'), ' ', "
                            + "JSONExtractString(traits, '$group', 'id')) FROM profiles FINAL FORMAT TSV"),
                    counts("SELECT splitByChar('/', JSONExtractString(properties, '$sdk'))[1], count() FROM events"
                            + " WHERE event_type = 'page_view' AND JSONExtractString(properties, 'utm_source') = 'news'"
                            + " AND JSONExtractString(properties, 'utm_campaign') = 'spring' GROUP BY 1 FORMAT TSV"));
        }

        private Map<String, Long> counts(String sql) throws IOException, InterruptedException {
            Map<String, Long> counts = new LinkedHashMap<>();
            texts(sql).forEach((name, count) -> counts.put(name, Long.parseLong(count)));
            return counts;
        }

        private Map<String, String> texts(String sql) throws IOException, InterruptedException {
            Map<String, String> texts = new LinkedHashMap<>();
            for (String row : clickHouse.rows(sql)) {
                String[] columns = row.split("\t");
                texts.put(columns[0], columns[1]);
            }
            return texts;
        }

        @Override
        public void close() {
            server.close();
        }
    }

    @BeforeAll
    static void driveAllAtOnce(@TempDir Path folder) throws Exception {
        try (Run run = new Run(folder.resolve("data"));
                ExecutorService segmentThreads = Executors.newFixedThreadPool(8)) {
            for (Map.Entry<String, List<Fault>> sdk : FAULTS.entrySet()) {
                proxies.put(
                        sdk.getKey(), new FaultProxy(run.port, sdk.getValue().toArray(Fault[]::new)));
            }
            Analytics segmentJava = segmentJava(segmentThreads);
            PostHogInterface postHogJava = postHogJava();
            try (NodeScript node = NodeScript.start(
                            "node-sdks.mjs", WRITE_KEY, url(SEGMENT_NODE), url(RUDDERSTACK_NODE), url(POSTHOG_NODE));
                    NodeScript browser = NodeScript.start(
                            "browser-sdks.mjs", WRITE_KEY, url(SEGMENT_BROWSER), url(POSTHOG_BROWSER))) {
                drive(run, node, browser, segmentJava, postHogJava);
            } finally {
                segmentJava.shutdown();
                postHogJava.close();
                proxies.values().forEach(FaultProxy::close);
            }
        }
    }

    private static String url(String sdk) {
        return proxy(sdk).url();
    }

    private static FaultProxy proxy(String sdk) {
        return Objects.requireNonNull(proxies.get(sdk));
    }

    private static void drive(
            Run run, NodeScript node, NodeScript browser, Analytics segmentJava, PostHogInterface postHogJava)
            throws Exception {
        JavaSdk segment = JavaSdk.start(0, number -> segmentJava.enqueue(track(SEGMENT_JAVA + " " + number)));
        JavaSdk postHog = JavaSdk.start(0, number -> capture(postHogJava, POSTHOG_JAVA + " " + number));
        await("every fault", () -> proxies.values().stream().allMatch(FaultProxy::isThrough));

        // PostHog's SDK for Java drops what meets with no server, so that it must have nothing under way.
        int sentBeforeKill = postHog.stop();
        run.awaitAll(POSTHOG_JAVA, sentBeforeKill);
        duplicatesBeforeKill = run.duplicates();
        run.server.kill();
        capture(postHogJava, POSTHOG_JAVA + " lost");
        await(
                "a try of each SDK without a server",
                () -> proxies.values().stream().allMatch(proxy -> proxy.unreachable() > 0));
        run.restart();
        postHog = JavaSdk.start(sentBeforeKill, number -> capture(postHogJava, POSTHOG_JAVA + " " + number));

        node.say("stop");
        browser.say("stop");
        String[] ofBrowsers = browser.awaitLineAfter("sent ").split(" ");
        sent.put(SEGMENT_BROWSER, Integer.parseInt(ofBrowsers[0]));
        sent.put(POSTHOG_BROWSER, Integer.parseInt(ofBrowsers[1]));
        sent.put(SEGMENT_JAVA, segment.stop());
        sent.put(POSTHOG_JAVA, postHog.stop());
        segmentJava.flush();
        nodeReport = node.result();
        for (String sdk : List.of(SEGMENT_NODE, RUDDERSTACK_NODE, POSTHOG_NODE)) {
            sent.put(sdk, nodeReport.at("/" + sdk + "/sent").asInt());
        }
        for (Map.Entry<String, Integer> of : sent.entrySet()) {
            run.awaitAll(of.getKey(), of.getValue());
        }
        leavePages(run, browser);
        duplicatesAtEnd = run.duplicates();
        stored = run.stored();
    }

    private static void leavePages(Run run, NodeScript browser) throws Exception {
        proxy(SEGMENT_BROWSER).plan(REPLY_HELD);
        browser.say("leave");
        await("the held event", () -> proxy(SEGMENT_BROWSER).count(REPLY_HELD) == 1);
        browser.say("reload");
        run.awaitAll(SEGMENT_BROWSER, sentBy(SEGMENT_BROWSER) + 1);
        run.awaitAll(POSTHOG_BROWSER, sentBy(POSTHOG_BROWSER) + 1);
        await("the held event again", () -> run.duplicates() > 0);
        browser.say("end");
        browser.result();
    }

    private static int sentBy(String sdk) {
        return Objects.requireNonNull(sent.get(sdk));
    }

    private static Analytics segmentJava(ExecutorService threads) {
        Analytics client = Analytics.builder(WRITE_KEY)
                .endpoint(url(SEGMENT_JAVA))
                .flushInterval(2, TimeUnit.SECONDS)
                // It waits 15 s and more on the thread that met with a failure.
                .networkExecutor(threads)
                .build();
        client.enqueue(IdentifyMessage.builder().userId(SEGMENT_JAVA + "-user").traits(Map.of("plan", "pro")));
        client.enqueue(
                GroupMessage.builder("acme").userId(SEGMENT_JAVA + "-user").traits(Map.of("size", 7)));
        return client;
    }

    private static TrackMessage.Builder track(String event) {
        return TrackMessage.builder(event).userId(SEGMENT_JAVA + "-user");
    }

    private static PostHogInterface postHogJava() {
        PostHogInterface client = PostHog.with(PostHogConfig.builder(WRITE_KEY)
                .host(url(POSTHOG_JAVA))
                .flushAt(3)
                .flushIntervalSeconds(1)
                .build());
        client.identify(POSTHOG_JAVA + "-user", Map.of("plan", "pro"));
        client.group(POSTHOG_JAVA + "-user", "company", "acme", Map.of("size", 7));
        return client;
    }

    private static void capture(PostHogInterface client, String event) {
        client.capture(POSTHOG_JAVA + "-user", event);
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        Instant deadline = Instant.now().plus(LIMIT);
        while (!condition.call()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("within " + LIMIT + " there was not " + what + described());
            }
            Thread.sleep(100);
        }
    }

    private static String described() {
        StringBuilder text = new StringBuilder();
        proxies.forEach(
                (sdk, proxy) -> text.append("\n").append(sdk).append(": ").append(proxy));
        return text.toString();
    }

    static Iterable<String> sdks() {
        return FAULTS.keySet();
    }

    @ParameterizedTest
    @MethodSource("sdks")
    void everythingSentIsStoredOnce(String sdk) {
        String prefix = sdk + " ";
        Map<String, Long> found = new LinkedHashMap<>();
        stored.events().forEach((name, count) -> {
            if (name.startsWith(prefix) && !name.equals(prefix + "left")) {
                found.put(name, count);
            }
        });
        Map<String, Long> expected = new LinkedHashMap<>();
        IntStream.range(0, sentBy(sdk)).forEach(number -> expected.put(prefix + number, 1L));

        assertThat(found).isEqualTo(expected);
        assertThat(expected).hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @MethodSource("sdks")
    void identifyAndGroupAreInTheProfile(String sdk) {
        assertThat(stored.people()).containsEntry(sdk + "-user", "pro acme");
    }

    /** Without these the other tests would prove nothing. */
    @ParameterizedTest
    @MethodSource("sdks")
    void everyFaultWasMetWith(String sdk) {
        FaultProxy proxy = proxy(sdk);

        for (Fault fault : FAULTS.getOrDefault(sdk, List.of())) {
            assertThat(proxy.count(fault)).as(fault.name()).isPositive();
        }
        assertThat(proxy.unreachable()).isPositive();
    }

    @Test
    void theServerRecognisedWhatWasSentAgain() {
        assertThat(duplicatesBeforeKill).isGreaterThanOrEqualTo(FAULTS.size() - 1);
        assertThat(duplicatesAtEnd).isPositive();
    }

    @Test
    void noSdkForNodeReportsALoss() {
        assertThat(nodeReport.at("/segment-node/failures")).isEmpty();
        assertThat(nodeReport.at("/posthog-node/failures")).isEmpty();
        // A reply whose body is cut is a failure to it, and none to try again after; the events are stored.
        assertThat(nodeReport.at("/rudderstack-node/failures"))
                .extracting(JsonNode::asText)
                .containsExactly("aborted");
    }

    @Test
    void pagesThatAreLeftLoseNothingAndDoubleNothing() {
        assertThat(stored.events()).containsEntry("segment-browser left", 1L).containsEntry("posthog-browser left", 1L);
        assertThat(proxy(POSTHOG_BROWSER).fetchModes()).containsExactlyInAnyOrder("cors", "no-cors");
    }

    @Test
    void pageViewsKeepTheirCampaign() {
        // Segment's page was loaded twice.
        assertThat(stored.pageViewsOfTheCampaign()).isEqualTo(Map.of("analytics.js", 2L, "web", 1L));
    }

    @Test
    void whatPostHogsSdkForJavaGivesUpIsAsDocumented() {
        assertThat(stored.events()).doesNotContainKey("posthog-java lost");
    }
}
