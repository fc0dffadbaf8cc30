-- What is usual for each webinar, what is unusual about it, and how registrations for upcoming ones come in: written by
-- the detector (`funnel alerts watch`, streams/drops), read by dashboards and alerts. One definition of "usual" for both.
CREATE TABLE IF NOT EXISTS usual_values
(
    webinar_id String COMMENT 'The webinar that it is usual for',
    evaluated_at DateTime64(3, 'UTC') COMMENT 'When, UTC; the later evaluation replaces the earlier',
    likeness String COMMENT 'In words: which earlier webinars are like it',
    n UInt16 COMMENT 'How many of them',
    members Array(String) COMMENT 'They, the latest first',
    weights Array(UInt32) COMMENT 'How much each weighs',
    registrations Nullable(Float64) COMMENT 'Registered at the end: usual',
    registrations_low Nullable(Float64) COMMENT 'Lower end of what is usual',
    registrations_high Nullable(Float64) COMMENT 'Upper end of what is usual',
    conversion Nullable(Float64) COMMENT 'Came, of the registered: usual at the end',
    conversion_low Nullable(Float64) COMMENT 'Lower end of what is usual',
    conversion_high Nullable(Float64) COMMENT 'Upper end of what is usual',
    conversion_5m Nullable(Float64) COMMENT 'Stayed 5 min, of the registered: usual at the end',
    conversion_5m_low Nullable(Float64) COMMENT 'Lower end of what is usual',
    conversion_5m_high Nullable(Float64) COMMENT 'Upper end of what is usual',
    conversion_30m Nullable(Float64) COMMENT 'Stayed 30 min, of the registered: usual at the end',
    conversion_30m_low Nullable(Float64) COMMENT 'Lower end of what is usual',
    conversion_30m_high Nullable(Float64) COMMENT 'Upper end of what is usual',
    conversion_full Nullable(Float64) COMMENT 'Watched 90 %, of the registered: usual',
    conversion_full_low Nullable(Float64) COMMENT 'Lower end of what is usual',
    conversion_full_high Nullable(Float64) COMMENT 'Upper end of what is usual'
)
ENGINE = ReplacingMergeTree(evaluated_at)
ORDER BY webinar_id
COMMENT 'What is usual for a webinar: the last ones like it';

CREATE TABLE IF NOT EXISTS findings
(
    finding_id String COMMENT 'Webinar, kind, metric and since when: one change of state',
    webinar_id String COMMENT 'The webinar; empty where several are judged together',
    kind LowCardinality(String) COMMENT 'drop, empty_room, no_events, standout or pace',
    metric LowCardinality(String) COMMENT 'visits, visits_5m, visits_30m, visits_full or registrations',
    since Int64 COMMENT 'From when on it was found, ms since 1970 UTC',
    until Int64 COMMENT 'When it was over; 9999999999999 = it is not',
    value Nullable(Float64) COMMENT 'The number as it is',
    usual Nullable(Float64) COMMENT 'The number as it usually is',
    sentence String COMMENT 'In one plain sentence: what, and the reason',
    reasons String COMMENT 'The computation, JSON',
    evaluated_at DateTime64(3, 'UTC') COMMENT 'When, UTC; the later evaluation replaces the earlier'
)
ENGINE = ReplacingMergeTree(evaluated_at)
ORDER BY finding_id
COMMENT 'What is unusual about webinars, with the reason';

CREATE TABLE IF NOT EXISTS pace
(
    webinar_id String COMMENT 'An upcoming webinar',
    evaluated_at DateTime64(3, 'UTC') COMMENT 'When, UTC',
    registrations UInt64 COMMENT 'Registered then',
    usual_now Nullable(Float64) COMMENT 'Usually registered at the same time before the start',
    expected Nullable(Float64) COMMENT 'The final number to be expected',
    expected_low Nullable(Float64) COMMENT 'Lower end of its range',
    expected_high Nullable(Float64) COMMENT 'Upper end of its range',
    usual_final Nullable(Float64) COMMENT 'The usual final number',
    n UInt16 COMMENT 'Of so many earlier webinars'
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, evaluated_at)
COMMENT 'How registrations for upcoming webinars come in, beside the usual';
