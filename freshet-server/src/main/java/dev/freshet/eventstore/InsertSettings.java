package dev.freshet.eventstore;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The settings of every insert, on both kinds of store: without them a repeat would count twice, or not be stored at all. */
final class InsertSettings {
    /** Generous, since an insert that is cancelled is only repeated. */
    static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final Map<String, String> ALWAYS = Map.of(
            // On by default in this version: rows would wait in memory past the answer.
            "async_insert", "0",
            "insert_deduplicate", "1",
            // A repeat that the table drops still goes to the views, each of which drops it by itself: so an insert
            // that a crash
            // ended between table and views is made whole.
            "deduplicate_blocks_in_dependent_materialized_views", "1",
            // One insert, one block: a token counts blocks.
            "input_format_parallel_parsing", "0",
            "max_insert_threads", "1",
            // More than the largest cut, whatever a server's profile says.
            "max_insert_block_size", "1048449",
            "min_insert_block_size_rows", "1048449",
            "min_insert_block_size_bytes", "268402944");

    private InsertSettings() {}

    static Map<String, String> of(TableInsert insert) {
        Map<String, String> settings = new HashMap<>(ALWAYS);
        insert.token().ifPresent(token -> settings.put("insert_deduplication_token", token));
        return settings;
    }
}
