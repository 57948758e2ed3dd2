package dev.freshet.server;

import dev.freshet.auth.TrustedIssuer;
import dev.freshet.documents.EventQuota;
import dev.freshet.eventlog.EventLogOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The configuration of one server, complete and checked. Parts take what they need from it in their constructors and do
 * not keep it. {@link ConfigReader} makes one from flags, environment and file.
 *
 * @param host address to listen on; default 127.0.0.1
 * @param port one HTTP port for ingest, sync, sign-in and the web app; 0 takes a free one; default 8080
 * @param dataFolder event log, embedded ClickHouse and embedded documents; one process at a time; default ./data
 * @param clickHouseUrl a ClickHouse server instead of the embedded engine; carries a password
 * @param clickHousePort serves the embedded engine's ClickHouse HTTP interface, read-only, on {@code host}
 * @param mongodbUri a MongoDB deployment instead of the embedded documents; carries a password
 * @param adminKey a fixed admin key; absent: one is generated at first start and printed once
 * @param owner the first account and its team, created at first start
 * @param writeKey the first team's write key; absent: generated and printed once
 * @param mapping a YAML file that says which SDK events are which event type, over the built-in rules; read at start
 * @param functions a folder of jars with further function modules; read at start
 * @param issuers whose tokens are taken beside this server's own
 * @param syncCompression whether sync sockets are compressed for clients that ask for it; default false
 * @param flush when a batch is due for ClickHouse
 * @param retentionDays days that raw events are kept, 1 to 3,650; a lower value deletes data at the next merge
 * @param keyQuota of write keys that have none of their own; absent: they have no limit
 * @param logDamage what a start does about a damaged event log; refused unless said otherwise
 */
public record ServerConfig(
        String host,
        int port,
        Path dataFolder,
        Optional<Secret> clickHouseUrl,
        OptionalInt clickHousePort,
        Optional<Secret> mongodbUri,
        Optional<Secret> adminKey,
        Optional<OwnerAccount> owner,
        Optional<Secret> writeKey,
        Optional<Path> mapping,
        Optional<Path> functions,
        List<TrustedIssuer> issuers,
        boolean syncCompression,
        Flush flush,
        int retentionDays,
        Optional<EventQuota> keyQuota,
        Limits limits,
        EventLogOptions.OnDamage logDamage) {

    /** The account that the first start creates. */
    public record OwnerAccount(String email, Secret password) {}

    /**
     * What is held before requests are refused, each in megabytes.
     *
     * @param inFlightMb events on their way to the disk, past which ingest answers 429; 1 to 4,096; default 128
     * @param logMb the event log, past which ingest answers 503; 1 to 16,777,216; default 65,536
     * @param diskReserveMb left free on the log's disk, below which ingest answers 503; 0 to 16,777,216; default 256
     */
    public record Limits(int inFlightMb, int logMb, int diskReserveMb) {
        private static final long MIB = 1024 * 1024;

        long inFlightBytes() {
            return inFlightMb * MIB;
        }

        long logBytes() {
            return logMb * MIB;
        }

        long diskReserveBytes() {
            return diskReserveMb * MIB;
        }
    }

    /**
     * A batch is due at the first of {@code interval} and {@code events}, and due batches start at least {@code pace}
     * apart. A longer pace makes fewer, larger inserts and older data in ClickHouse (live numbers do not wait for it).
     *
     * @param interval 10 ms to 60 s; default 500 ms
     * @param events 1 to 1,000,000; default 100
     * @param pace 0 to 60 s; default 200 ms
     */
    public record Flush(Duration interval, int events, Duration pace) {}
}
