-- The raw event log: every valid record of the event topics, verbatim, once for each event id and content.
-- `funnel verify` recomputes every number from it, and everything else can be rebuilt from it.
CREATE TABLE IF NOT EXISTS events
(
    webinar_id String COMMENT 'The webinar it is about',
    event_id String COMMENT 'As given by the connector; deterministic',
    content UInt64 MATERIALIZED cityHash64(replaceRegexpOne(event, '"received_at"\s*:\s*"[^"]*"', '')) COMMENT 'Hash of the event without received_at: two contents under one id are two events',
    topic LowCardinality(String) COMMENT 'Kafka topic of the first copy kept',
    partition UInt16 COMMENT 'Kafka partition',
    offset UInt64 COMMENT 'Kafka offset',
    written_at Int64 COMMENT 'Kafka timestamp of the record, ms since 1970 UTC',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it became queryable, UTC',
    event String COMMENT 'The record as it was published, JSON' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, event_id, content)
COMMENT 'Raw event log, deduplicated by event id and content';

CREATE TABLE IF NOT EXISTS dead_letters
(
    topic LowCardinality(String) COMMENT 'Kafka topic of the record',
    partition UInt16 COMMENT 'Kafka partition',
    offset UInt64 COMMENT 'Kafka offset',
    written_at Int64 COMMENT 'Kafka timestamp of the record, ms since 1970 UTC',
    reason LowCardinality(String) COMMENT 'streams/decode.py, Reason',
    detail String COMMENT 'Which field, and why; never its content',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it became queryable, UTC'
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition, offset)
COMMENT 'Records that could not be read. Their bytes are on the topic webinar.dead-letters.v1';
