-- How the workers' jobs about all webinars went (streams/jobs.py), for the page on the health of the data. A turn that
-- worked as the one before it leaves a row every few minutes only.
CREATE TABLE IF NOT EXISTS job_turns
(
    job LowCardinality(String) COMMENT 'Which job, in words',
    ended_at Int64 COMMENT 'When the turn ended, ms since 1970 UTC',
    seconds Float64 COMMENT 'How long it took',
    failures UInt32 COMMENT 'How many turns in a row had failed by then; 0 = it worked',
    error String COMMENT 'Why it failed, one line; empty: it worked'
)
ENGINE = ReplacingMergeTree
ORDER BY (job, ended_at)
TTL toDateTime(intDiv(ended_at, 1000), 'UTC') + INTERVAL 30 DAY
COMMENT 'How the jobs about all webinars went';
