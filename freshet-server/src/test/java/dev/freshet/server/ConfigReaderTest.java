package dev.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.eventlog.EventLogOptions.OnDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigReaderTest {
    @TempDir
    private Path folder;

    @Test
    void everySettingHasItsDocumentedDefault() {
        ServerConfig config = ConfigReader.read(Map.of(), Map.of(), folder.resolve("freshet.yaml"));

        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.port()).isEqualTo(8080);
        assertThat(config.dataFolder()).isEqualTo(Path.of("./data"));
        assertThat(config.clickHouseUrl()).isEmpty();
        assertThat(config.clickHousePort()).isEmpty();
        assertThat(config.mongodbUri()).isEmpty();
        assertThat(config.adminKey()).isEmpty();
        assertThat(config.owner()).isEmpty();
        assertThat(config.writeKey()).isEmpty();
        assertThat(config.mapping()).isEmpty();
        assertThat(config.functions()).isEmpty();
        assertThat(config.syncCompression()).isFalse();
        assertThat(config.flush())
                .isEqualTo(new ServerConfig.Flush(Duration.ofMillis(500), 100, Duration.ofMillis(200)));
        assertThat(config.retentionDays()).isEqualTo(90);
        assertThat(config.logDamage()).isEqualTo(OnDamage.REFUSE);
    }

    @Test
    void everyVariableReachesItsComponent() {
        ServerConfig config = ConfigReader.read(
                Map.of(),
                Map.ofEntries(
                        Map.entry("FRESHET_HOST", "0.0.0.0"),
                        Map.entry("FRESHET_PORT", "9000"),
                        Map.entry("FRESHET_DATA_DIR", "/srv/freshet"),
                        Map.entry("FRESHET_CLICKHOUSE_PORT", "8123"),
                        Map.entry("FRESHET_MONGODB_URI", "mongodb://db/freshet"),
                        Map.entry("FRESHET_ADMIN_KEY", "admin"),
                        Map.entry("FRESHET_ADMIN_EMAIL", "a@example.com"),
                        Map.entry("FRESHET_ADMIN_PASSWORD", "password"),
                        Map.entry("FRESHET_WRITE_KEY", "write"),
                        Map.entry("FRESHET_MAPPING", "/etc/freshet/mapping.yaml"),
                        Map.entry("FRESHET_FUNCTIONS", "/etc/freshet/functions"),
                        Map.entry("FRESHET_SYNC_COMPRESSION", "true"),
                        Map.entry("FRESHET_FLUSH_MS", "250"),
                        Map.entry("FRESHET_FLUSH_EVENTS", "1000"),
                        Map.entry("FRESHET_FLUSH_PACE_MS", "50"),
                        Map.entry("FRESHET_RETENTION_DAYS", "30"),
                        Map.entry("FRESHET_LOG_DAMAGE", "set-aside"),
                        Map.entry("PATH", "/usr/bin")),
                folder.resolve("freshet.yaml"));

        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.port()).isEqualTo(9000);
        assertThat(config.dataFolder()).isEqualTo(Path.of("/srv/freshet"));
        assertThat(config.clickHousePort()).hasValue(8123);
        assertThat(config.mongodbUri()).contains(new Secret("mongodb://db/freshet"));
        assertThat(config.adminKey()).contains(new Secret("admin"));
        assertThat(config.owner()).contains(new ServerConfig.OwnerAccount("a@example.com", new Secret("password")));
        assertThat(config.writeKey()).contains(new Secret("write"));
        assertThat(config.mapping()).contains(Path.of("/etc/freshet/mapping.yaml"));
        assertThat(config.syncCompression()).isTrue();
        assertThat(config.functions()).contains(Path.of("/etc/freshet/functions"));
        assertThat(config.flush())
                .isEqualTo(new ServerConfig.Flush(Duration.ofMillis(250), 1000, Duration.ofMillis(50)));
        assertThat(config.retentionDays()).isEqualTo(30);
        assertThat(config.logDamage()).isEqualTo(OnDamage.SET_ASIDE);
    }

    @Test
    void flagsWinOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("freshet.yaml"), "port: 1\nhost: file\nretention_days: 7\n");

        ServerConfig config = ConfigReader.read(
                Map.of(Setting.PORT, "3"), Map.of("FRESHET_PORT", "2", "FRESHET_HOST", "environment"), file);

        assertThat(config.port()).isEqualTo(3);
        assertThat(config.host()).isEqualTo("environment");
        assertThat(config.retentionDays()).isEqualTo(7);
    }

    @Test
    void secretsAreNotShown() {
        ServerConfig config = ConfigReader.read(
                Map.of(),
                Map.of(
                        "FRESHET_ADMIN_KEY",
                        "hush-1",
                        "FRESHET_MONGODB_URI",
                        "mongodb://u:hush-2@db",
                        "FRESHET_WRITE_KEY",
                        "hush-3"),
                folder.resolve("freshet.yaml"));

        assertThat(config.toString()).doesNotContain("hush");
    }

    static Stream<Arguments> unusable() {
        return Stream.of(
                Arguments.of(Map.of("FRESHET_PROT", "1"), "FRESHET_PROT"),
                Arguments.of(Map.of("FRESHET_PORT", "eighty"), "FRESHET_PORT must be a whole number from 0 to 65535"),
                Arguments.of(Map.of("FRESHET_PORT", "70000"), "not `70000`"),
                Arguments.of(
                        Map.of("FRESHET_SYNC_COMPRESSION", "yes"), "FRESHET_SYNC_COMPRESSION must be true or false"),
                Arguments.of(Map.of("FRESHET_FLUSH_MS", "0"), "FRESHET_FLUSH_MS must be a whole number from 10"),
                Arguments.of(Map.of("FRESHET_RETENTION_DAYS", "0"), "FRESHET_RETENTION_DAYS"),
                Arguments.of(
                        Map.of("FRESHET_LOG_DAMAGE", "ignore"),
                        "FRESHET_LOG_DAMAGE must be refuse or set-aside, not `ignore`"),
                Arguments.of(Map.of("FRESHET_ADMIN_EMAIL", "a@example.com"), "set both or neither"),
                Arguments.of(
                        Map.of("FRESHET_CLICKHOUSE_PORT", "1", "FRESHET_CLICKHOUSE_URL", "http://ch:8123"),
                        "unset one of them"));
    }

    @ParameterizedTest
    @MethodSource
    void unusable(Map<String, String> environment, String message) {
        assertThatThrownBy(() -> ConfigReader.read(Map.of(), environment, folder.resolve("freshet.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aFileWithAnUnknownKeyOrNoMappingIsRefused() throws IOException {
        Path unknown = Files.writeString(folder.resolve("unknown.yaml"), "prot: 8080\n");
        Path list = Files.writeString(folder.resolve("list.yaml"), "- port\n");
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "admin_key: very secret\nport: [1\n");

        assertThatThrownBy(() -> ConfigReader.read(Map.of(), Map.of(), unknown)).hasMessageContaining("`prot`");
        assertThatThrownBy(() -> ConfigReader.read(Map.of(), Map.of(), list)).hasMessageContaining("one mapping");
        assertThatThrownBy(() -> ConfigReader.read(Map.of(), Map.of(), broken))
                .hasMessageContaining("broken.yaml is no YAML from line")
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }
}
