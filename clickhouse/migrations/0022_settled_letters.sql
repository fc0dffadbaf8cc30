-- Which dead letters an operator is done with (funnel dead-letters). The letters themselves stay: funnel verify looks for
-- every record among them.
CREATE TABLE IF NOT EXISTS settled_letters
(
    topic LowCardinality(String) COMMENT 'As in dead_letters, with the three below',
    partition UInt16 COMMENT 'Kafka partition',
    offset UInt64 COMMENT 'Kafka offset',
    written_at Int64 COMMENT 'Kafka timestamp of the record, ms since 1970 UTC',
    settled LowCardinality(String) COMMENT 'replayed: its bytes were published again; discarded: they never will be',
    settled_at Int64 COMMENT 'When, ms since 1970 UTC'
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition, offset, written_at)
COMMENT 'Dead letters that were replayed or discarded';
