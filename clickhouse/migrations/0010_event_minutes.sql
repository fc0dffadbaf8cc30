-- What became queryable each minute, for the page on the health of the data: the log itself is ordered by webinar, so
-- every question about its last minutes would read all of it. Minutes before this migration are not filled in: the page
-- is about now.
CREATE TABLE IF NOT EXISTS event_minutes
(
    minute DateTime('UTC') COMMENT 'The minute in which they became queryable, UTC',
    topic LowCardinality(String) COMMENT 'Kafka topic',
    platform LowCardinality(String) COMMENT 'The service of the webinar',
    events SimpleAggregateFunction(sum, UInt64) COMMENT 'Events written, repeated deliveries too',
    newest SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When the last of them became queryable, UTC',
    newest_written_at SimpleAggregateFunction(max, Int64) COMMENT 'The greatest Kafka timestamp among them, ms since 1970 UTC',
    waited AggregateFunction(quantilesTDigest(0.5, 0.95, 0.99), Int64) COMMENT 'From Kafka to queryable, ms'
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, topic, platform)
COMMENT 'What became queryable each minute; kept by the view event_minutes_of_events';

CREATE MATERIALIZED VIEW IF NOT EXISTS event_minutes_of_events TO event_minutes AS
SELECT
    toStartOfMinute(events.inserted_at)::DateTime('UTC') AS minute,
    topic,
    splitByChar(':', webinar_id)[1] AS platform,
    count() AS events,
    max(events.inserted_at) AS newest,
    max(written_at) AS newest_written_at,
    quantilesTDigestState(0.5, 0.95, 0.99)(greatest(toUnixTimestamp64Milli(events.inserted_at) - written_at, 0)) AS waited
FROM events
GROUP BY minute, topic, platform;
