-- Each run of a worker, as it says itself every minute (streams/presence.py), for the page on the health of the data: which
-- workers there are, how often one was started again although none had told it to end, and what failed last.
CREATE TABLE IF NOT EXISTS worker_runs
(
    worker LowCardinality(String) COMMENT 'Its name, such as worker-1, the same in each of its runs',
    host LowCardinality(String) COMMENT 'The machine or container',
    began_at Int64 COMMENT 'When the run began, ms since 1970 UTC',
    seen_at Int64 COMMENT 'When it said this, ms since 1970 UTC',
    told_to_end UInt8 COMMENT '1 = its last word: it ends because it was told to',
    fails UInt8 COMMENT '1 = something failed by then',
    failed_at Int64 COMMENT 'When something in this run failed last, ms since 1970 UTC; 0 = nothing did',
    error String COMMENT 'What, in one line',
    former_error String COMMENT 'Why the run before it ended, as whoever started it again says; empty: nobody said'
)
ENGINE = ReplacingMergeTree(seen_at)
ORDER BY (worker, host, began_at)
TTL toDateTime(intDiv(seen_at, 1000), 'UTC') + INTERVAL 30 DAY
COMMENT 'Runs of the workers';
