-- What services say of their webinars as a whole, every statement of it; the greatest (reported_at, event_id) of a
-- webinar and reporter counts (docs/contract.md, "totals"). For comparison with our own numbers.
CREATE TABLE IF NOT EXISTS totals
(
    webinar_id String COMMENT 'The webinar',
    reported_by LowCardinality(String) COMMENT 'Who says it, such as zoom-report',
    reported_at Int64 COMMENT 'When it was said, ms since 1970 UTC',
    event_id String COMMENT 'The event that said it',
    content String COMMENT 'The event as canonical JSON, which decides a tie',
    registrations Nullable(UInt64) COMMENT 'Registered',
    visits_all Nullable(UInt64) COMMENT 'Opened the room',
    visits Nullable(UInt64) COMMENT 'Came',
    visits_5m Nullable(UInt64) COMMENT 'Stayed 5 min',
    visits_30m Nullable(UInt64) COMMENT 'Stayed 30 min',
    visits_full Nullable(UInt64) COMMENT 'Watched 90 %',
    recording_views Nullable(UInt64) COMMENT 'Recording views',
    page_views Nullable(UInt64) COMMENT 'Views of the registration page',
    invited Nullable(UInt64) COMMENT 'Invited'
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, reported_by, reported_at, event_id, content)
COMMENT 'Totals that services report themselves';
