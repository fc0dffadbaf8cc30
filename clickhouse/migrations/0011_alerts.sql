-- What the alerts remember (`funnel alerts watch`, docs/alerts.md), so that a restart neither forgets nor repeats.
CREATE TABLE IF NOT EXISTS alarm_states
(
    subject String COMMENT 'A webinar_id, pace:<webinar_id>, or region=…, course=…, language=…',
    state String COMMENT 'How it did in the last evaluations, JSON (streams/drops/alarm.py, Alarm)',
    since Int64 COMMENT 'Since when its condition lasts, ms since 1970 UTC',
    evaluated_at DateTime64(3, 'UTC') COMMENT 'When, UTC; the later evaluation replaces the earlier'
)
ENGINE = ReplacingMergeTree(evaluated_at)
ORDER BY subject
COMMENT 'Alarms from evaluation to evaluation';

CREATE TABLE IF NOT EXISTS alert_messages
(
    message_id String COMMENT 'Subject, change and since when; a digest: its name and day',
    subject String COMMENT 'Whom it is about, as in alarm_states; empty for a digest',
    webinar_id String COMMENT 'The webinar; empty where several are judged together',
    kind LowCardinality(String) COMMENT 'drop, empty_room, no_events, pace, standout or digest',
    raised Bool COMMENT 'True: it began; false: it is over',
    created_at Int64 COMMENT 'When it was found, ms since 1970 UTC',
    title String COMMENT 'First line',
    text String COMMENT 'The lines below it, for people',
    event String COMMENT 'The record for webinar.conversion-alerts.v1, JSON; empty for a digest',
    version DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'The later replaces the earlier'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY message_id
COMMENT 'Messages to people: one for each change of state';

CREATE TABLE IF NOT EXISTS alert_deliveries
(
    message_id String COMMENT 'The message',
    channel LowCardinality(String) COMMENT 'topic, email, slack, telegram or webhook',
    outcome LowCardinality(String) COMMENT 'sent; skipped: overtaken or too old; failed: will be tried again',
    attempts UInt32 COMMENT 'How often it was tried',
    detail String COMMENT 'Why it failed or was skipped, one line',
    at DateTime64(3, 'UTC') COMMENT 'When, UTC; the later replaces the earlier'
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (message_id, channel)
COMMENT 'What became of each message on each channel';

CREATE TABLE IF NOT EXISTS alert_runs
(
    evaluated_at DateTime64(3, 'UTC') COMMENT 'When, UTC',
    webinars UInt32 COMMENT 'Webinars looked at',
    unread Int64 COMMENT 'Records that workers had not read a minute after they came; -1 = Kafka did not say',
    seconds Float64 COMMENT 'How long the evaluation took'
)
ENGINE = ReplacingMergeTree
ORDER BY evaluated_at
TTL toDateTime(evaluated_at) + INTERVAL 30 DAY
COMMENT 'Signs of life of the process that evaluates alerts';
