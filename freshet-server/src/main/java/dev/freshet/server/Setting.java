package dev.freshet.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every setting there is: its environment variable, its flag and its key in {@code freshet.yaml} all come from the one
 * name. What each accepts and means is said at the component of {@link ServerConfig} that it fills.
 */
public enum Setting {
    HOST("address to listen on"),
    PORT("port for ingest, sync, sign-in and the web app; 0 takes a free one"),
    DATA_DIR("folder for the event log, the embedded ClickHouse and the embedded documents"),
    CLICKHOUSE_URL("a ClickHouse server, http(s)://user:password@host:8123/database; unset: embedded", true),
    CLICKHOUSE_PORT("serves the embedded ClickHouse over HTTP, read-only, on this port; unset: off"),
    MONGODB_URI("a MongoDB deployment; unset: embedded", true),
    ADMIN_KEY("the admin key; unset: generated at first start", true),
    ADMIN_EMAIL("e-mail of the owner account that the first start creates"),
    ADMIN_PASSWORD("its password", true),
    WRITE_KEY("the first team's write key; unset: generated at first start", true),
    MAPPING("a YAML file that says which SDK events are which event type; unset: the built-in rules"),
    FUNCTIONS("a folder of jars with further function modules; unset: none"),
    OIDC("further issuers whose tokens are trusted, a list of {issuer, audience, jwks?}; unset: none"),
    SYNC_COMPRESSION("compresses sync sockets of clients that ask for it: true or false"),
    FLUSH_MS("a batch is due for ClickHouse after this many milliseconds"),
    FLUSH_EVENTS("or with this many events"),
    FLUSH_PACE_MS("due batches start at least this many milliseconds apart"),
    RETENTION_DAYS("days that raw events are kept"),
    KEY_EVENTS_PER_SECOND("events a second that a write key without a quota of its own may send; unset: no limit"),
    KEY_BURST_EVENTS("events that it may send at once after a pause; unset: ten seconds' worth"),
    IN_FLIGHT_MB("megabytes of events that may be on their way to the disk"),
    LOG_LIMIT_MB("megabytes that the event log may hold"),
    DISK_RESERVE_MB("megabytes that the event log leaves free on its disk"),
    LOG_DAMAGE(
            "what a start does about a damaged event log: refuse, or set-aside to go on without what cannot be read");

    private final String description;
    private final boolean secret;

    Setting(String description) {
        this(description, false);
    }

    Setting(String description, boolean secret) {
        this.description = description;
        this.secret = secret;
    }

    /** Such as {@code FRESHET_DATA_DIR}. */
    public String variable() {
        return "FRESHET_" + name();
    }

    /** Such as {@code --data-dir}. */
    public String flag() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Such as {@code data_dir}, the key in {@code freshet.yaml}. */
    public String yamlKey() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String description() {
        return description;
    }

    /** Whether the value must never be shown or logged. */
    public boolean isSecret() {
        return secret;
    }

    static Optional<Setting> ofVariable(String variable) {
        return Arrays.stream(values())
                .filter(setting -> setting.variable().equals(variable))
                .findFirst();
    }

    static Optional<Setting> ofYamlKey(String key) {
        return Arrays.stream(values())
                .filter(setting -> setting.yamlKey().equals(key))
                .findFirst();
    }

    static String allVariables() {
        return Arrays.stream(values()).map(Setting::variable).collect(Collectors.joining(", "));
    }
}
