-- The newest probe event of each partition that has got through (streams/probe.py, docs/decisions/0042-probe.md). In no
-- number: it tells how long the way from Kafka to a view takes now. One row a partition, replaced every ten seconds.
CREATE TABLE IF NOT EXISTS probes
(
    partition UInt16 COMMENT 'Kafka partition',
    partitions UInt16 COMMENT 'How many partitions there are',
    sent_at Int64 COMMENT 'When it was sent, ms since 1970 UTC',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it became queryable'
)
ENGINE = ReplacingMergeTree(sent_at)
ORDER BY partition
COMMENT 'The newest probe event of each partition';
