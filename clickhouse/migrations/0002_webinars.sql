-- One row a webinar: what its statements say together (streams/webinar.py). Instants are ms since 1970 UTC;
-- 9999999999999 = not known; local_… are the wall clock of the webinar's time zone, counted as if it were UTC.
CREATE TABLE IF NOT EXISTS webinars
(
    webinar_id String COMMENT '<platform>:<id>[:<occurrence>]',
    version UInt64 COMMENT 'streams/row.py, version: epoch, generation of the consumer group, offset',
    title String COMMENT 'Empty: not said',
    course LowCardinality(String) COMMENT 'Empty: not said',
    language LowCardinality(String) COMMENT 'Empty: not said',
    region LowCardinality(String) COMMENT 'Empty: not said',
    format LowCardinality(String) COMMENT 'live, recorded, or empty: not said',
    status LowCardinality(String) COMMENT 'scheduled, live, ended, cancelled, or empty: not said',
    status_said_at Int64 COMMENT 'occurred_at of the statement that gave the status',
    starts_at Int64 COMMENT 'Planned start',
    duration_ms Int64 COMMENT 'Planned length in ms; -1 = not said',
    started_at Int64 COMMENT 'Actual start',
    ended_at Int64 COMMENT 'Actual end',
    completed_at Int64 COMMENT 'When the import after the end was complete',
    timezone LowCardinality(String) COMMENT 'IANA name as said',
    zone_known Bool COMMENT 'False: no zone said, or an unknown one; the default zone was used',
    tells Array(LowCardinality(String)) COMMENT 'What the service can tell',
    begin Int64 COMMENT 'started_at, else starts_at',
    local_begin Int64 COMMENT 'begin on the local wall clock',
    local_starts_at Int64 COMMENT 'starts_at on the local wall clock',
    state String COMMENT 'The statements that win a field, JSON' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY webinar_id
COMMENT 'Webinars: statements folded field by field';

CREATE TABLE IF NOT EXISTS rules
(
    id UInt8 DEFAULT 1 COMMENT 'Always 1: the table has one row',
    default_duration_ms Int64 COMMENT 'Planned length of a webinar whose length nobody said',
    live_grace_ms Int64 COMMENT 'How long after its planned end a webinar may still be said to be live',
    full_percent UInt8 COMMENT 'Share of the webinar that counts as watched in full',
    changed_at DateTime64(3, 'UTC') COMMENT 'When funnel migrate wrote it, UTC'
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY id
COMMENT 'The rules of the contract that may be set; written by funnel migrate from the settings';
