-- Rows that a server sends itself to see that the whole way works; in nobody's numbers.
CREATE TABLE IF NOT EXISTS canary (
    instance String,
    sent_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    log_position UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(sent_at)
ORDER BY (instance, sent_at)
TTL toDateTime(sent_at) + toIntervalDay(1)
SETTINGS
    non_replicated_deduplication_window = 8192,
    fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1,
    old_parts_lifetime = 480,
    ttl_only_drop_parts = 1;
