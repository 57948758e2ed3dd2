package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sync sockets with permessage-deflate, asked for by Node's client and the official one; a whole server that offers it. */
class SocketCompressionIT {
    private static final int MESSAGE_TOO_BIG = 1009;
    private static final int INVALID_DATA = 1007;
    private static final int CUT_OFF = 1006;

    private static JsonNode report = MissingNode.getInstance();
    private static JsonNode plain = MissingNode.getInstance();

    @BeforeAll
    static void runScript(@TempDir Path folder) throws Exception {
        Map<String, String> settings = new HashMap<>(SampleJar.in(folder, SampleModule.class.getName()));
        try (ServerUnderTest server = new ServerUnderTest(folder.resolve("plain"), settings)) {
            plain = ClientScript.run(
                    "compressed-sockets.mjs", "plain", server.url().toString());
        }
        settings.put(Setting.SYNC_COMPRESSION.variable(), "true");
        try (ServerUnderTest server = new ServerUnderTest(folder.resolve("compressed"), settings)) {
            report = ClientScript.run(
                    "compressed-sockets.mjs", "compressed", server.url().toString());
        }
    }

    @Test
    void whoAsksGetsItWithoutWindowsThatAreKept() {
        assertThat(report.get("asked").asText())
                .contains("permessage-deflate", "server_no_context_takeover", "client_no_context_takeover");
        assertThat(report.get("notAsked").asText()).isEmpty();
        assertThat(plain.get("asked").asText()).isEmpty();
        assertThat(report.get("perFrame").asBoolean()).isFalse();
        assertThat(plain.get("perFrame").asBoolean()).isFalse();
    }

    @Test
    void theOfficialClientGetsTheSameInFewerBytes() {
        JsonNode compressed = report.get("client");

        for (JsonNode client : new JsonNode[] {compressed, plain.get("client")}) {
            assertThat(client.get("isWhole").asBoolean()).isTrue();
            assertThat(client.get("errors").asInt()).isZero();
        }
        assertThat(plain.at("/client/bytesReceived").asInt()).isGreaterThan(1_700_000);
        assertThat(compressed.get("bytesReceived").asInt()).isLessThan(100_000);
        assertThat(plain.at("/client/bytesSent").asInt()).isGreaterThan(100_000);
        assertThat(compressed.get("bytesSent").asInt()).isLessThan(20_000);
    }

    @Test
    void whatWouldGrowPastTheLimitClosesItsSocketAndNoOther() {
        assertThat(report.get("bomb").asInt()).isEqualTo(MESSAGE_TOO_BIG);
        assertThat(report.get("hugeBomb").asInt()).isEqualTo(MESSAGE_TOO_BIG);
        assertThat(report.get("bombInPieces").asInt()).isEqualTo(MESSAGE_TOO_BIG);
        for (JsonNode server : new JsonNode[] {report, plain}) {
            assertThat(server.get("piecesNotCompressed").asInt()).isIn(MESSAGE_TOO_BIG, CUT_OFF);
        }
        assertThat(report.at("/bystander/errors").asInt()).isZero();
        assertThat(report.at("/bystander/connections").asInt()).isEqualTo(1);
    }

    @Test
    void whatIsNotCompressedThoughItSaysSoClosesItsSocket() {
        assertThat(report.at("/notCompressed/opcode").asInt()).isEqualTo(8);
        assertThat(report.at("/notCompressed/code").asInt()).isEqualTo(INVALID_DATA);
    }
}
