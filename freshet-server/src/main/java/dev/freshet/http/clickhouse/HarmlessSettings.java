package dev.freshet.http.clickhouse;

import java.util.Set;

/**
 * The settings that a reader may change. Others could widen what a statement reaches: schema and template files, filters that
 * are expressions, other dialects, addresses.
 */
final class HarmlessSettings {
    private static final Set<String> NAMES = Set.of(
            "max_execution_time",
            "timeout_overflow_mode",
            "max_threads",
            "max_block_size",
            "max_memory_usage",
            "max_result_rows",
            "max_result_bytes",
            "result_overflow_mode",
            "max_rows_to_read",
            "max_bytes_to_read",
            "read_overflow_mode",
            "max_rows_to_group_by",
            "group_by_overflow_mode",
            "max_bytes_before_external_group_by",
            "max_bytes_before_external_sort",
            "limit",
            "offset",
            "extremes",
            "session_timezone",
            "join_use_nulls",
            "group_by_use_nulls",
            "prefer_column_name_to_alias",
            "date_time_input_format",
            "date_time_output_format",
            "format_csv_delimiter",
            "format_csv_null_representation",
            "format_tsv_null_representation",
            "use_query_cache",
            "final");

    /** How results look; the one that writes a schema to a file is not among them. */
    private static final String OUTPUT_PREFIX = "output_format_";

    private HarmlessSettings() {}

    static boolean contains(String name) {
        return NAMES.contains(name) || (name.startsWith(OUTPUT_PREFIX) && !name.startsWith("output_format_schema"));
    }
}
