package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.freshet.auth.IssuerServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official JavaScript client, unmodified, signed in by an issuer that is not this server; its script is among the system tests' scripts. */
class OtherIssuersIT {
    private static JsonNode report = MissingNode.getInstance();
    private static String issuerUrl = "";

    @BeforeAll
    static void runScript(@TempDir Path folder) throws Exception {
        try (IssuerServer issuer = new IssuerServer()) {
            issuerUrl = issuer.url();
            Map<String, String> settings = new HashMap<>(SampleJar.in(folder, SampleModule.class.getName()));
            settings.put(
                    Setting.OIDC.variable(),
                    "[{\"issuer\":\"" + issuerUrl + "\",\"audience\":\"" + IssuerServer.AUDIENCE + "\"}]");
            try (ServerUnderTest server = new ServerUnderTest(folder.resolve("data"), settings)) {
                report = ClientScript.run("client-with-issuer.mjs", server.url().toString(), issuerUrl);
            }
        }
    }

    @Test
    void functionsOfJarsSeeWhoItIsAndMembersFunctionsRefuse() throws IOException {
        assertThat(report.get("signedIn"))
                .isEqualTo(json(
                        "{'changes':[true],'identity':{'emailVerified':true,'issuer':'ISSUER','name':'Ada Lovelace',"
                                + "'subject':'ada','tokenIdentifier':'ISSUER|ada'},'overHttp':'ISSUER|grace'}"));
    }

    @Test
    void aTokenIsRenewedBeforeItsEndAndNobodyNotices() {
        JsonNode renewed = report.get("renewedInTime");

        assertThat(renewed.get("changes").toString()).isEqualTo("[true]");
        assertThat(renewed.get("firstForced").toString()).isEqualTo("[false,true,true]");
        // One result: the same person is not shown anew.
        assertThat(renewed.get("subjects").toString()).isEqualTo("[\"renewed\"]");
        assertThat(renewed.get("errors").asInt()).isZero();
        assertThat(renewed.get("connections").asInt()).isEqualTo(1);
    }

    @Test
    void aTokenThatEndsInTheMiddleIsExchangedAndTheMutationHappensOnce() {
        JsonNode expired = report.get("expiredInTheMiddle");

        assertThat(expired.get("before").asInt()).isEqualTo(2);
        assertThat(expired.get("after").asInt()).isGreaterThan(2);
        assertThat(expired.get("connections").asInt()).isEqualTo(2);
        assertThat(expired.get("written").asInt()).isEqualTo(1);
        assertThat(expired.get("subjects").toString()).isEqualTo("[\"late\"]");
        assertThat(expired.get("changes")).allMatch(JsonNode::asBoolean);
        assertThat(expired.get("errors").asInt()).isZero();
    }

    @Test
    void aTokenForSomebodyElseOrOneThatIsOverIsRefusedWithTheReason() {
        JsonNode refused = report.get("refused");

        assertThat(refused.get("changes").toString()).isEqualTo("[false]");
        assertThat(refused.get("asNobody").asText()).isEqualTo("unauthenticated");
        assertThat(refused.at("/audience/status").asInt()).isEqualTo(401);
        assertThat(refused.at("/audience/body/code").asText()).isEqualTo("NoAuthProvider");
        assertThat(refused.at("/expired/status").asInt()).isEqualTo(401);
        assertThat(refused.at("/expired/body/message").asText()).isEqualTo("the token has expired");
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text.replace('\'', '"').replace("ISSUER", issuerUrl));
    }
}
