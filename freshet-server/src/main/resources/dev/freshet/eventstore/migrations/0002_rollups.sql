-- The rollups. Time stands before the name in the order: a user's id hash then recurs within the same compressed block (12 bytes an
-- event less in events_1m and events_1h together), and a recent window reads few granules. Names are many and windows short.
--
-- A plain sum of unique users would be wrong as soon as two inserts share a bucket: unique_users is a state, read with
-- uniqExactMerge, in events_1d with uniqCombined64Merge(17). event_count is read with sum().
CREATE TABLE IF NOT EXISTS events_1m (
    team_id LowCardinality(String),
    event_type Enum8('page_view' = 1, 'feature_used' = 2, 'error_occurred' = 3, 'conversion_step' = 4),
    name LowCardinality(String),
    minute DateTime('UTC') CODEC(Delta, ZSTD(1)),
    event_count SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    unique_users AggregateFunction(uniqExact, String) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMMDD(minute)
ORDER BY (team_id, event_type, minute, name)
TTL minute + toIntervalDay(8)
SETTINGS
    non_replicated_deduplication_window = 8192,
    fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1,
    old_parts_lifetime = 480,
    ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS events_1m_view TO events_1m AS
SELECT
    team_id,
    event_type,
    name,
    toStartOfMinute(timestamp) AS minute,
    count() AS event_count,
    uniqExactState(user_id) AS unique_users
FROM events
GROUP BY team_id, event_type, name, minute;

CREATE TABLE IF NOT EXISTS events_1h (
    team_id LowCardinality(String),
    event_type Enum8('page_view' = 1, 'feature_used' = 2, 'error_occurred' = 3, 'conversion_step' = 4),
    name LowCardinality(String),
    hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
    event_count SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    unique_users AggregateFunction(uniqExact, String) CODEC(ZSTD(1)) SETTINGS (min_compress_block_size = 1048576, max_compress_block_size = 1048576)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (team_id, event_type, hour, name)
TTL hour + toIntervalYear(3)
SETTINGS
    non_replicated_deduplication_window = 8192,
    fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1,
    old_parts_lifetime = 480,
    ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS events_1h_view TO events_1h AS
SELECT
    team_id,
    event_type,
    name,
    toStartOfHour(timestamp) AS hour,
    count() AS event_count,
    uniqExactState(user_id) AS unique_users
FROM events
GROUP BY team_id, event_type, name, hour;

CREATE TABLE IF NOT EXISTS events_1d (
    team_id LowCardinality(String),
    event_type Enum8('page_view' = 1, 'feature_used' = 2, 'error_occurred' = 3, 'conversion_step' = 4),
    name LowCardinality(String),
    day Date,
    event_count SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
    unique_users AggregateFunction(uniqCombined64(17), String) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (team_id, event_type, day, name)
TTL day + toIntervalYear(3)
SETTINGS
    non_replicated_deduplication_window = 8192,
    fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1,
    old_parts_lifetime = 480,
    ttl_only_drop_parts = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS events_1d_view TO events_1d AS
SELECT
    team_id,
    event_type,
    name,
    toDate(timestamp) AS day,
    count() AS event_count,
    uniqCombined64State(17)(user_id) AS unique_users
FROM events
GROUP BY team_id, event_type, name, day;
