-- Where a dead letter stands in the event log: with the time of receipt it gives pages of dead letters an exact order.
ALTER TABLE rejected_events ADD COLUMN IF NOT EXISTS log_position UInt64 CODEC(Delta, ZSTD(1)) AFTER received_at;
