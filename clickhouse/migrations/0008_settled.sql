-- Webinars that are over and no longer change, counted once and for all, so that long ranges cost a row a webinar and
-- not a row a person (docs/decisions/0011-settled-webinars.md). Both tables can be emptied at any time: what is not
-- there is computed from persons.
CREATE TABLE IF NOT EXISTS webinar_changes
(
    webinar_id String COMMENT 'The webinar',
    changed_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When a row of its persons was last inserted, by the server''s clock, UTC',
    latest_at SimpleAggregateFunction(max, Int64) COMMENT 'The latest instant on which its numbers depend beside its begin and end, ms since 1970 UTC'
)
ENGINE = AggregatingMergeTree
ORDER BY webinar_id
COMMENT 'When the persons of a webinar last changed; kept by the view webinar_changes_of_persons';

CREATE MATERIALIZED VIEW IF NOT EXISTS webinar_changes_of_persons TO webinar_changes AS
SELECT
    webinar_id,
    now64(3, 'UTC') AS changed_at,
    max(greatest(
        arrayMax(arrayPushBack(registration_at, 0)),
        arrayMax(arrayPushBack(recording_view_at, 0)),
        if(first_session_at < 9999999999999, first_session_at, 0),
        if(first_open_session_at < 9999999999999, first_open_session_at, 0),
        if(summary_at < 9999999999999, summary_at, 0))) AS latest_at
FROM persons
GROUP BY webinar_id;

INSERT INTO webinar_changes
SELECT
    webinar_id,
    now64(3, 'UTC') AS changed_at,
    max(greatest(
        arrayMax(arrayPushBack(registration_at, 0)),
        arrayMax(arrayPushBack(recording_view_at, 0)),
        if(first_session_at < 9999999999999, first_session_at, 0),
        if(first_open_session_at < 9999999999999, first_open_session_at, 0),
        if(summary_at < 9999999999999, summary_at, 0))) AS latest_at
FROM persons
GROUP BY webinar_id;

CREATE TABLE IF NOT EXISTS settled_counts
(
    webinar_id String COMMENT 'A webinar that is over',
    settled_at DateTime64(3, 'UTC') COMMENT 'When it was counted, UTC; the later count replaces the earlier',
    changes_until DateTime64(3, 'UTC') COMMENT 'Which changes of its persons are counted for certain, UTC',
    valid_from Int64 COMMENT 'The moment from which on these are its numbers, ms since 1970 UTC',
    webinar_version UInt64 COMMENT 'The version in webinars that it was counted with',
    rules_changed_at DateTime64(3, 'UTC') COMMENT 'The rules that it was counted with, UTC',
    exclusions_version UInt64 COMMENT 'The excluded domains that it was counted with',
    source Array(String) COMMENT 'The sources of its persons, keys in sources',
    counts Array(Array(UInt64)) COMMENT 'For each of these sources the counts of the view computed_counts_at'
)
ENGINE = ReplacingMergeTree(settled_at)
ORDER BY webinar_id
COMMENT 'Counts by source of webinars that are over and no longer change';
