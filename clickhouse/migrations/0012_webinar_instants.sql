-- The instants between which a webinar is upcoming, on now and over: what of it depends on its row and on the rules, and
-- not on the moment that is looked at. Kept by the view webinar_instants_of_webinars on every insert into webinars, and
-- filled anew by funnel migrate. What it saves: docs/decisions/0012-webinar-instants.md.
CREATE TABLE IF NOT EXISTS webinar_instants
(
    webinar_id String COMMENT '<platform>:<id>[:<occurrence>]',
    version UInt64 COMMENT 'That of the row of webinars that it was made from',
    rules_changed_at DateTime64(3, 'UTC') COMMENT 'The rules that it was made with',
    platform LowCardinality(String) COMMENT 'The service where people meet',
    title String COMMENT 'Empty: not said',
    course LowCardinality(String) COMMENT 'Empty: not said',
    language LowCardinality(String) COMMENT 'Empty: not said',
    region LowCardinality(String) COMMENT 'Empty: not said',
    format LowCardinality(String) COMMENT 'live, recorded, or empty: not said',
    status LowCardinality(String) COMMENT 'scheduled, live, ended, cancelled, or empty: not said',
    timezone LowCardinality(String) COMMENT 'IANA name as said',
    zone_known Bool COMMENT 'False: no zone said, or an unknown one; the default zone was used',
    tells Array(LowCardinality(String)) COMMENT 'What the service can tell',
    starts_at Int64 COMMENT 'Planned start, ms since 1970 UTC; 9999999999999 = never or not said, as in every instant here',
    duration_ms Int64 COMMENT 'Planned length in ms; -1 = not said',
    begin_known_from Int64 COMMENT 'From when on begin_at is its begin; before, nobody knows whether it begins',
    begin_at Int64 COMMENT 'Its begin',
    begun_from Int64 COMMENT 'From when on it has begun',
    first_ended_from Int64 COMMENT 'From when on it had ended at first_end_at, where an end was said before the one that counts',
    first_end_at Int64 COMMENT 'That earlier end',
    ended_from Int64 COMMENT 'From when on it has ended at end_at; what is said later may change that, the passing of time does not',
    end_at Int64 COMMENT 'Its end, not before its begin',
    completed_at Int64 COMMENT 'When the import after the end was complete',
    full_percent UInt8 COMMENT 'Share of the webinar that counts as watched in full',
    matched_percent UInt8 COMMENT 'Where a smaller share of those who opened the room is registered, the conversion is doubtful',
    local Array(Tuple(time Nullable(DateTime64(3, 'UTC')), week Nullable(String), weekday Nullable(UInt8), hour Nullable(UInt8)))
        COMMENT 'Its planned start, then its begin, on the local wall clock'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY webinar_id
COMMENT 'Webinars with the instants at which their state changes';
