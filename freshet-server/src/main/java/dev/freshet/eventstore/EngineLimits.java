package dev.freshet.eventstore;

import java.util.HashMap;
import java.util.Map;

/**
 * How much of the machine the embedded engine may take; it shares memory and cores with the JVM. By ClickHouse's own names.
 *
 * @param connections statements that run at once; each is a platform thread. The writer needs one
 * @param serverOptions of the engine as a whole
 * @param settings of every statement that does not set them itself
 */
public record EngineLimits(int connections, Map<String, String> serverOptions, Map<String, String> settings) {
    private static final long MIB = 1024 * 1024;

    /** The engine's own default lets its caches grow to 15 GiB. */
    private static final Map<String, String> CACHES = Map.of(
            "mark_cache_size", Long.toString(64 * MIB),
            "primary_index_cache_size", Long.toString(64 * MIB),
            "query_condition_cache_size", Long.toString(16 * MIB),
            "compiled_expression_cache_size", Long.toString(16 * MIB));

    public EngineLimits {
        serverOptions = Map.copyOf(serverOptions);
        settings = Map.copyOf(settings);
    }

    /** What the embedded engine gets unless said otherwise: a quarter of the memory, at most 2 GiB; two threads a statement. */
    public static EngineLimits forMachine(long memoryBytes, int processors) {
        long engineBytes = Math.clamp(memoryBytes / 4, 768 * MIB, 2048 * MIB);
        int threads = Math.clamp(processors, 1, 2);
        Map<String, String> server = new HashMap<>(CACHES);
        server.put("max_server_memory_usage", Long.toString(engineBytes));
        // Merges: as many threads as statements get, so that inserts and queries find a core.
        server.put("background_pool_size", Integer.toString(threads));
        server.put("background_common_pool_size", "1");
        server.put("background_schedule_pool_size", "2");
        server.put("max_thread_pool_size", "256");
        return new EngineLimits(
                4,
                server,
                Map.of(
                        "max_memory_usage", Long.toString(engineBytes / 2),
                        "max_threads", Integer.toString(threads)));
    }
}
