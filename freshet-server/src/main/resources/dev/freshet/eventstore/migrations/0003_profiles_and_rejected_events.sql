-- A copy of the tracked people's traits, for joins; the row with the highest version counts.
CREATE TABLE IF NOT EXISTS profiles (
    team_id LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    traits String CODEC(ZSTD(1)),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (team_id, user_id)
SETTINGS
    non_replicated_deduplication_window = 8192,
    fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1,
    old_parts_lifetime = 480;

-- The dead letters.
CREATE TABLE IF NOT EXISTS rejected_events (
    team_id LowCardinality(String),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    dialect LowCardinality(String),
    code LowCardinality(String),
    message String CODEC(ZSTD(1)),
    body String CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(received_at)
ORDER BY (team_id, received_at)
TTL toDateTime(received_at) + toIntervalDay(7)
SETTINGS
    non_replicated_deduplication_window = 8192,
    fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1,
    old_parts_lifetime = 480,
    ttl_only_drop_parts = 1;
