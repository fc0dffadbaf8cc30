-- How people watched is settled with the counts (clickhouse/views/timeline/watching_at.sql). Rows of before hold nothing of
-- it, and counts without the watch time: views read neither, and a worker's timer counts these webinars anew.
ALTER TABLE settled_counts ADD COLUMN IF NOT EXISTS watching
    Array(Tuple(median_seconds Nullable(Float64), peak Nullable(UInt64), peak_at Nullable(Int64)))
    COMMENT 'One element as in the view computed_watching_at: the median watch time, the most people at one instant, the earliest such instant (ms since 1970 UTC); empty where that was not counted';
