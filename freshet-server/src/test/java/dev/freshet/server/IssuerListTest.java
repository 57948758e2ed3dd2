package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.auth.TrustedIssuer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IssuerListTest {
    private static final List<TrustedIssuer> BOTH = List.of(
            TrustedIssuer.of("https://login.example.com", "my-app", Optional.empty()),
            TrustedIssuer.of("http://127.0.0.1:9", "dev", Optional.of("http://127.0.0.1:9/keys")));

    @TempDir
    private Path folder;

    @Test
    void aVariableHoldsJsonAndTheFileAList() throws IOException {
        String json = "[{\"issuer\":\"login.example.com\",\"audience\":\"my-app\"},"
                + "{\"issuer\":\"http://127.0.0.1:9\",\"audience\":\"dev\",\"jwks\":\"http://127.0.0.1:9/keys\"}]";
        assertThat(ConfigReader.read(Map.of(), Map.of("FRESHET_OIDC", json), folder.resolve("none"))
                        .issuers())
                .isEqualTo(BOTH);
        Path file = Files.writeString(folder.resolve("freshet.yaml"), """
                oidc:
                  - issuer: https://login.example.com
                    audience: my-app
                  - {issuer: http://127.0.0.1:9, audience: dev, jwks: http://127.0.0.1:9/keys}
                """);
        assertThat(ConfigReader.read(Map.of(), Map.of(), file).issuers()).isEqualTo(BOTH);
        assertThat(ConfigReader.read(Map.of(), Map.of(), folder.resolve("none")).issuers())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://login.example.com | FRESHET_OIDC must be a list such as",
                "[nonsense] | FRESHET_OIDC must be a list such as",
                "[{ | which this is not",
                "[{\"issuer\":\"a.example.com\"}] | FRESHET_OIDC, issuer 1: the field `audience` is missing",
                "[{\"audience\":\"a\"}] | the field `issuer` is missing",
                "[{\"issuer\":\"a.example.com\",\"audience\":\"a\",\"domain\":\"b\"}] | there is no field `domain`",
                "[{\"issuer\":\"http://a.example.com\",\"audience\":\"a\"}] | issuer 1: issuer http://a.example.com must be",
            })
    void whatIsNoListOfIssuersIsRefusedWithItsPlace(String value, String message) {
        assertThatThrownBy(() ->
                        ConfigReader.read(Map.of(), Map.of("FRESHET_OIDC", value), folder.resolve("freshet.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void theServerItselfIsNoOtherIssuer() {
        assertThatThrownBy(() -> IssuerList.requireOthers(BOTH, URI.create("http://127.0.0.1:9")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("names this server itself");
        IssuerList.requireOthers(BOTH, URI.create("http://127.0.0.1:10"));
    }
}
