package dev.freshet.sync;

import static dev.freshet.sync.ScriptedClient.adding;
import static dev.freshet.sync.ScriptedClient.counter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.functions.ConvexJson;
import dev.freshet.functions.value.ConvexArray;
import dev.freshet.functions.value.ConvexObject;
import dev.freshet.runtime.Clock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TransitionChunksTest {
    private static final String G_CLEF = "\ud834\udd1e";

    @Test
    void piecesHoldWholeCharactersAndNoMoreBytesThanAllowed() {
        assertThat(TransitionChunks.cut("", 4)).containsExactly("");
        assertThat(TransitionChunks.cut("abcd", 4)).containsExactly("abcd");
        assertThat(TransitionChunks.cut("abcde", 4)).containsExactly("abcd", "e");
        assertThat(TransitionChunks.cut("ab\u00e9d", 4)).containsExactly("ab\u00e9", "d");
        assertThat(TransitionChunks.cut("abc\u00e9", 4)).containsExactly("abc", "\u00e9");
        assertThat(TransitionChunks.cut("\u20ac\u20ac", 4)).containsExactly("\u20ac", "\u20ac");
        assertThat(TransitionChunks.cut("a" + G_CLEF + G_CLEF, 4)).containsExactly("a", G_CLEF, G_CLEF);
    }

    @Test
    void randomTextsComeTogetherAgain() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            String text = random.ints(random.nextInt(60), 0, 5)
                    .mapToObj(kind ->
                            List.of("x", "\u00e9", "\u20ac", G_CLEF, "\"").get(kind))
                    .collect(Collectors.joining());
            int mostBytes = 4 + random.nextInt(40);
            List<String> pieces = TransitionChunks.cut(text, mostBytes);
            assertThat(String.join("", pieces)).as("seed %d", seed).isEqualTo(text);
            assertThat(pieces)
                    .as("seed %d", seed)
                    .allSatisfy(piece -> assertThat(piece.getBytes(StandardCharsets.UTF_8).length)
                            .isLessThanOrEqualTo(mostBytes));
            // As few as can be: no two neighbours would fit into one, give or take a character.
            for (int at = 1; at < pieces.size(); at++) {
                assertThat(pieces.get(at - 1).getBytes(StandardCharsets.UTF_8).length)
                        .as("seed %d", seed)
                        .isGreaterThan(mostBytes - 4);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.28.0,true",
        "1.28.1-alpha.2,true",
        "1.28.0-alpha.1,false",
        "1.27.9,false",
        "1.48.0,true",
        "2.0.0,true",
        "0.99.0,false",
        "sync,false",
        "1.48,false",
        "99999999999.1.1,false",
        "rust-1.48.0,false"
    })
    void theNpmPackageKnowsChunksSince28(String version, boolean takesChunks) {
        assertThat(ClientVersion.npm(version).takesChunks()).isEqualTo(takesChunks);
    }

    private static SyncLimits inPiecesOf(int bytes) {
        return new ChangedLimits().transitionBytes(bytes).get();
    }

    /** The shape that the official client puts together: by part, total and id, with nothing between the pieces. */
    @Test
    void aLargeTransitionGoesInPiecesToWhoKnowsThem() throws InterruptedException {
        try (SyncWorld world = new SyncWorld(Clock.system(), inPiecesOf(100))) {
            ScriptedClient client = ScriptedClient.open(world.server, ClientVersion.npm("1.48.0"));
            client.connect("s");
            client.modify(0, adding(0, "example:values", "{}"));
            for (String id : List.of("1", "2")) {
                StringBuilder whole = new StringBuilder();
                int total;
                int part = 0;
                do {
                    ConvexObject chunk = client.next("TransitionChunk").message();
                    total = (int) chunk.number("totalParts");
                    assertThat(chunk.number("partNumber")).isEqualTo(part++);
                    assertThat(chunk.string("transitionId")).isEqualTo(id);
                    assertThat(chunk.string("chunk").length()).isLessThanOrEqualTo(100);
                    whole.append(chunk.string("chunk"));
                } while (part < total);
                assertThat(total).isGreaterThan(1);
                ConvexObject transition = (ConvexObject) ConvexJson.decode(whole.toString());
                assertThat(transition.string("type")).isEqualTo("Transition");
                assertThat(transition.object("endVersion").number("querySet")).isEqualTo(Double.parseDouble(id));
                assertThat(((ConvexArray) transition.value("modifications")).elements())
                        .hasSize(1);
                if (id.equals("1")) {
                    client.modify(1, adding(1, "counter:read", counter("a")));
                }
            }
            assertThat(client.hasHeardNothing()).isTrue();
        }
    }

    @Test
    void othersGetItWhole() throws InterruptedException {
        try (SyncWorld world = new SyncWorld(Clock.system(), inPiecesOf(100))) {
            for (ClientVersion version : List.of(ClientVersion.UNKNOWN, ClientVersion.npm("1.27.5"))) {
                ScriptedClient client = ScriptedClient.open(world.server, version);
                client.connect("s");
                client.modify(0, adding(0, "example:values", "{}"));
                client.next("Transition");
                assertThat(client.result(0).object("value").number("whole")).isEqualTo(1);
            }
        }
    }

    /** Two Transitions at most are unsent, however many pieces each is. */
    @Test
    void aTransitionIsSentWhenItsLastPieceIs() throws InterruptedException {
        try (SyncWorld world = new SyncWorld(Clock.system(), inPiecesOf(100))) {
            ScriptedClient slow = ScriptedClient.open(world.server, ClientVersion.npm("1.48.0"));
            slow.connect("s");
            slow.stopReading();
            slow.modify(0, adding(0, "example:values", "{}"));
            assertThat(whole(slow)).contains("\"endVersion\":{\"querySet\":1,");
            slow.modify(1, adding(1, "counter:read", counter("a")));
            assertThat(whole(slow)).contains("\"endVersion\":{\"querySet\":2,");
            for (int version = 2; version < 40; version++) {
                slow.modify(version, adding(version, "counter:read", counter("a" + version)));
            }
            slow.readAgain();

            ConvexObject third = (ConvexObject) ConvexJson.decode(whole(slow));
            assertThat(third.object("endVersion").number("querySet")).isEqualTo(40);
            assertThat(((ConvexArray) third.value("modifications")).elements()).hasSize(38);
        }
    }

    private static String whole(ScriptedClient client) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        ConvexObject chunk;
        do {
            chunk = client.next("TransitionChunk").message();
            text.append(chunk.string("chunk"));
        } while (chunk.number("partNumber") < chunk.number("totalParts") - 1);
        return text.toString();
    }

    @Test
    void aPieceIsTextWithinText() {
        assertThat(ServerMessageWriter.write(new ServerMessage.TransitionChunk("{\"a\":\"\\n" + G_CLEF, 1, 3, 7)))
                .isEqualTo("{\"type\":\"TransitionChunk\",\"chunk\":\"{\\\"a\\\":\\\"\\\\n" + G_CLEF
                        + "\",\"partNumber\":1,\"totalParts\":3,\"transitionId\":\"7\"}");
    }
}
