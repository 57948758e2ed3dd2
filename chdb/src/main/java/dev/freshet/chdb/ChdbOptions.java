package dev.freshet.chdb;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How to open the engine.
 *
 * @param library libchdb; see {@link ChdbLibrary#locate}
 * @param dataFolder created where it is missing; one process at a time
 * @param connections how many statements run at once, 1 to 64; each is a platform thread. One more of each serves
 *     cancellation
 * @param serverOptions options of the engine as a whole, given to it when it starts, such as
 *     {@code max_server_memory_usage}; by ClickHouse's own names
 * @param settings settings of every statement that does not set them itself
 * @param acquireTimeout how long a statement waits for a free connection
 */
public record ChdbOptions(
        Path library,
        Path dataFolder,
        int connections,
        Map<String, String> serverOptions,
        Map<String, String> settings,
        Duration acquireTimeout) {
    private static final int DEFAULT_CONNECTIONS = 4;
    private static final int MOST_CONNECTIONS = 64;
    private static final Duration DEFAULT_ACQUIRE_TIMEOUT = Duration.ofSeconds(30);

    public ChdbOptions {
        if (connections < 1 || connections > MOST_CONNECTIONS) {
            throw new IllegalArgumentException("connections must be 1 to 64, not " + connections);
        }
        serverOptions = Map.copyOf(serverOptions);
        settings = Map.copyOf(settings);
    }

    public static ChdbOptions of(Path library, Path dataFolder) {
        return new ChdbOptions(library, dataFolder, DEFAULT_CONNECTIONS, Map.of(), Map.of(), DEFAULT_ACQUIRE_TIMEOUT);
    }

    public ChdbOptions withConnections(int count) {
        return new ChdbOptions(library, dataFolder, count, serverOptions, settings, acquireTimeout);
    }

    public ChdbOptions withServerOption(String name, String value) {
        return new ChdbOptions(
                library, dataFolder, connections, with(serverOptions, name, value), settings, acquireTimeout);
    }

    public ChdbOptions withSetting(String name, String value) {
        return new ChdbOptions(
                library, dataFolder, connections, serverOptions, with(settings, name, value), acquireTimeout);
    }

    public ChdbOptions withAcquireTimeout(Duration timeout) {
        return new ChdbOptions(library, dataFolder, connections, serverOptions, settings, timeout);
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> wider = new LinkedHashMap<>(map);
        wider.put(name, value);
        return wider;
    }
}
