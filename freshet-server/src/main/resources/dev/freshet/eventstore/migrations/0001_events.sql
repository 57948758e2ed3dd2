-- The raw events. Order: every read is bounded by team and time and most by type; in time order the columns that follow
-- time (ids, positions, sessions) compress best. An order by user, as funnels would like it, costs 2 bytes an event and makes
-- every read of a time window scan whole days.
--
-- An insert is one day, therefore one partition and one deduplication block. 8,192 blocks are four times the 2,048 inserts
-- after which the writer waits for its sync.
--
-- Merges are synced and merged parts kept 8 minutes, so that a loss of power cannot take a merge and its sources.
CREATE TABLE IF NOT EXISTS events (
    team_id LowCardinality(String),
    event_id UUID CODEC(ZSTD(3)),
    event_type Enum8('page_view' = 1, 'feature_used' = 2, 'error_occurred' = 3, 'conversion_step' = 4),
    name LowCardinality(String),
    user_id String CODEC(ZSTD(1)),
    session_id String CODEC(ZSTD(1)),
    properties String CODEC(ZSTD(1)),
    timestamp DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    log_position UInt64 CODEC(Delta, ZSTD(1)),
    INDEX log_position_range log_position TYPE minmax GRANULARITY 4
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(timestamp)
ORDER BY (team_id, event_type, timestamp)
TTL toDateTime(timestamp) + toIntervalDay({retention_days})
SETTINGS
    non_replicated_deduplication_window = 8192,
    fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1,
    old_parts_lifetime = 480,
    ttl_only_drop_parts = 1,
    materialize_ttl_recalculate_only = 1;
