package dev.freshet.server;

import dev.freshet.documents.EventQuota;
import dev.freshet.eventlog.EventLogOptions.OnDamage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads a {@link ServerConfig}: flags over environment over {@code freshet.yaml}; an unknown name is an error. */
public final class ConfigReader {
    private static final String REFUSE = "refuse";
    private static final String SET_ASIDE = "set-aside";
    private static final int MOST_MB = 16_777_216;
    private static final String PREFIX = "FRESHET_";

    /** Variables with this prefix belong to tests and launch scripts and are no settings of the server. */
    private static final String TEST_PREFIX = "FRESHET_TEST_";

    /** Read by the launcher before the server starts. */
    private static final String LAUNCHER_VARIABLE = "FRESHET_JAVA_OPTIONS";

    private final Map<Setting, String> values;

    private ConfigReader(Map<Setting, String> values) {
        this.values = values;
    }

    /**
     * @param flags what the command line said
     * @param environment the process' environment; only its {@code FRESHET_} variables matter
     * @param file {@code freshet.yaml}, which may be absent
     * @throws ConfigException naming the first setting that is unknown or cannot be used
     */
    public static ServerConfig read(Map<Setting, String> flags, Map<String, String> environment, Path file) {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        values.putAll(fromFile(file));
        values.putAll(fromEnvironment(environment));
        values.putAll(flags);
        return new ConfigReader(values).config();
    }

    private static Map<Setting, String> fromEnvironment(Map<String, String> environment) {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        environment.forEach((variable, value) -> {
            if (!variable.startsWith(PREFIX)
                    || variable.startsWith(TEST_PREFIX)
                    || variable.equals(LAUNCHER_VARIABLE)) {
                return;
            }
            Setting setting = Setting.ofVariable(variable)
                    .orElseThrow(() -> new ConfigException("%s is no setting of this version; there are %s"
                            .formatted(variable, Setting.allVariables())));
            values.put(setting, value);
        });
        return values;
    }

    private static Map<Setting, String> fromFile(Path file) {
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        if (!Files.exists(file)) {
            return values;
        }
        Object document;
        try {
            document = new Load(LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException("%s cannot be read: %s".formatted(file, e), e);
        } catch (YamlEngineException e) {
            // Without the cause: its message quotes the lines around the fault, and so the secrets in them.
            throw new ConfigException("%s is no YAML%s: mend it, or move it away".formatted(file, faultOf(e)));
        }
        if (document == null) {
            return values;
        }
        if (!(document instanceof Map<?, ?> entries)) {
            throw new ConfigException(file + " must hold one mapping, such as `port: 8080`");
        }
        entries.forEach((key, value) -> {
            Setting setting = Setting.ofYamlKey(String.valueOf(key))
                    .orElseThrow(
                            () -> new ConfigException("%s: `%s` is no setting of this version".formatted(file, key)));
            if (value != null) {
                values.put(setting, setting == Setting.OIDC ? IssuerList.text(value) : String.valueOf(value));
            }
        });
        return values;
    }

    private static String faultOf(YamlEngineException fault) {
        return fault instanceof MarkedYamlEngineException marked
                        && marked.getProblemMark().isPresent()
                ? " from line " + (marked.getProblemMark().get().getLine() + 1) + " on"
                : "";
    }

    private ServerConfig config() {
        return new ServerConfig(
                text(Setting.HOST).orElse("127.0.0.1"),
                number(Setting.PORT, 8080, 0, 65_535),
                path(Setting.DATA_DIR, "./data"),
                secret(Setting.CLICKHOUSE_URL),
                clickHousePort(),
                secret(Setting.MONGODB_URI),
                secret(Setting.ADMIN_KEY),
                owner(),
                secret(Setting.WRITE_KEY),
                text(Setting.MAPPING).map(value -> path(Setting.MAPPING, value)),
                text(Setting.FUNCTIONS).map(value -> path(Setting.FUNCTIONS, value)),
                text(Setting.OIDC).map(IssuerList::read).orElse(List.of()),
                flag(Setting.SYNC_COMPRESSION, false),
                new ServerConfig.Flush(
                        Duration.ofMillis(number(Setting.FLUSH_MS, 500, 10, 60_000)),
                        number(Setting.FLUSH_EVENTS, 100, 1, 1_000_000),
                        Duration.ofMillis(number(Setting.FLUSH_PACE_MS, 200, 0, 60_000))),
                number(Setting.RETENTION_DAYS, 90, 1, 3_650),
                keyQuota(),
                new ServerConfig.Limits(
                        number(Setting.IN_FLIGHT_MB, 128, 1, 4_096),
                        number(Setting.LOG_LIMIT_MB, 65_536, 1, MOST_MB),
                        number(Setting.DISK_RESERVE_MB, 256, 0, MOST_MB)),
                logDamage());
    }

    private OnDamage logDamage() {
        String value = text(Setting.LOG_DAMAGE).orElse(REFUSE);
        return switch (value) {
            case REFUSE -> OnDamage.REFUSE;
            case SET_ASIDE -> OnDamage.SET_ASIDE;
            default ->
                throw new ConfigException("%s must be %s or %s, not `%s`"
                        .formatted(Setting.LOG_DAMAGE.variable(), REFUSE, SET_ASIDE, value));
        };
    }

    private Optional<EventQuota> keyQuota() {
        if (text(Setting.KEY_EVENTS_PER_SECOND).isEmpty()) {
            if (text(Setting.KEY_BURST_EVENTS).isPresent()) {
                throw new ConfigException("%s needs %s beside it"
                        .formatted(Setting.KEY_BURST_EVENTS.variable(), Setting.KEY_EVENTS_PER_SECOND.variable()));
            }
            return Optional.empty();
        }
        EventQuota usual = EventQuota.of(number(Setting.KEY_EVENTS_PER_SECOND, 1, 1, EventQuota.MOST));
        int burst = number(Setting.KEY_BURST_EVENTS, usual.burst(), 1, EventQuota.MOST);
        return Optional.of(new EventQuota(usual.eventsPerSecond(), burst));
    }

    private OptionalInt clickHousePort() {
        if (text(Setting.CLICKHOUSE_PORT).isEmpty()) {
            return OptionalInt.empty();
        }
        if (text(Setting.CLICKHOUSE_URL).isPresent()) {
            throw new ConfigException("%s serves the embedded engine, which %s switches off: unset one of them"
                    .formatted(Setting.CLICKHOUSE_PORT.variable(), Setting.CLICKHOUSE_URL.variable()));
        }
        return OptionalInt.of(number(Setting.CLICKHOUSE_PORT, 0, 0, 65_535));
    }

    private Optional<ServerConfig.OwnerAccount> owner() {
        Optional<String> email = text(Setting.ADMIN_EMAIL);
        Optional<Secret> password = secret(Setting.ADMIN_PASSWORD);
        if (email.isPresent() != password.isPresent()) {
            throw new ConfigException("%s and %s create the first account together: set both or neither"
                    .formatted(Setting.ADMIN_EMAIL.variable(), Setting.ADMIN_PASSWORD.variable()));
        }
        if (email.isPresent() && password.isPresent()) {
            return Optional.of(new ServerConfig.OwnerAccount(email.get(), password.get()));
        }
        return Optional.empty();
    }

    private Optional<String> text(Setting setting) {
        return Optional.ofNullable(values.get(setting)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private Optional<Secret> secret(Setting setting) {
        return text(setting).map(Secret::new);
    }

    private Path path(Setting setting, String fallback) {
        String value = text(setting).orElse(fallback);
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new ConfigException("%s is no path: %s".formatted(setting.variable(), e.getMessage()), e);
        }
    }

    private boolean flag(Setting setting, boolean fallback) {
        return switch (text(setting).orElse(String.valueOf(fallback))) {
            case "true" -> true;
            case "false" -> false;
            case String other ->
                throw new ConfigException("%s must be true or false, not `%s`".formatted(setting.variable(), other));
        };
    }

    private int number(Setting setting, int fallback, int least, int most) {
        Optional<String> value = text(setting);
        if (value.isEmpty()) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(value.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new ConfigException(outOfBounds(setting, value.get(), least, most), e);
        }
        throw new ConfigException(outOfBounds(setting, value.get(), least, most));
    }

    private static String outOfBounds(Setting setting, String value, int least, int most) {
        return "%s must be a whole number from %d to %d, not `%s`".formatted(setting.variable(), least, most, value);
    }
}
