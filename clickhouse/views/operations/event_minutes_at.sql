-- What became queryable in each minute of the day before a moment, by topic and service. `waited`: how long events of the
-- minute took from Kafka to queryable, ms; merge it with quantilesTDigestMerge(0.5, 0.95, 0.99).
CREATE OR REPLACE VIEW event_minutes_at AS
SELECT minute, topic, platform, sum(event_minutes.events) AS events, max(event_minutes.newest) AS newest,
    max(event_minutes.newest_written_at) AS newest_written_at,
    quantilesTDigestMergeState(0.5, 0.95, 0.99)(event_minutes.waited) AS waited
FROM event_minutes
WHERE event_minutes.minute <= {at:DateTime64(3, 'UTC')} AND event_minutes.minute > {at:DateTime64(3, 'UTC')} - INTERVAL 1 DAY
GROUP BY minute, topic, platform;
