-- One row a person in a webinar: a pure function of the person's state and the webinar's begin (streams/row.py).
-- Never partitioned: the engine replaces rows only within a partition. Instants are ms since 1970 UTC;
-- 9999999999999 = not yet, or never.
CREATE TABLE IF NOT EXISTS persons
(
    webinar_id String COMMENT 'The webinar',
    person_id String COMMENT 'p_ = keyed hash of the email, r_ = of the registrant id',
    version UInt64 COMMENT 'streams/row.py, version: epoch, generation of the consumer group, sum of the offsets in state',
    same_as String COMMENT 'An r_ that was linked: the p_ it counts as; then it has no numbers of its own',
    left_out Bool COMMENT 'Host, panelist or test: in no number',
    domain_ids Array(String) COMMENT 'Keyed hashes of the email domains',
    source LowCardinality(String) COMMENT 'Key in sources of the first touch; empty = no registration',
    registration_at Array(Int64) COMMENT 'Turning points of the registration',
    registration_status Array(UInt8) COMMENT 'Status from that instant on: 1 registered, 2 approved, 3 cancelled, 4 denied, 5 withdrawn',
    first_session_at Int64 COMMENT 'Start of the earliest session',
    first_open_session_at Int64 COMMENT 'Start of the earliest session without a leave',
    interval_start Array(Int64) COMMENT 'Union of the sessions, not clipped: starts',
    interval_end Array(Int64) COMMENT 'The same: ends; an open session ends at 9999999999999',
    begin_used Int64 COMMENT 'The webinar''s begin that reached_… were computed with',
    reached_visit_at Int64 COMMENT 'When watch time reaches 1 s',
    reached_5m_at Int64 COMMENT 'When watch time reaches 300 s',
    reached_30m_at Int64 COMMENT 'When watch time reaches 1,800 s',
    summary_at Int64 COMMENT 'From when on the service''s summary counts',
    summary_seconds Int64 COMMENT 'Watch time by the service''s summary',
    recording_view_at Array(Int64) COMMENT 'Recording views',
    state String COMMENT 'The person''s own state, JSON (streams/person.py)' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (webinar_id, person_id)
SETTINGS index_granularity = 1024
COMMENT 'Persons in webinars: state and row';

CREATE TABLE IF NOT EXISTS sources
(
    source String COMMENT 'What registrations say of their source, trimmed, JSON; the key',
    source_group String COMMENT 'The group by the rules',
    sorted Bool COMMENT 'False: no business rule sorts it, it keeps its raw name',
    version UInt64 COMMENT 'The later rule wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY source
COMMENT 'Distinct sources and their groups';

CREATE TABLE IF NOT EXISTS funnel_snapshots
(
    taken_at DateTime64(3, 'UTC') COMMENT 'When, UTC',
    webinar_id String COMMENT 'A webinar that was live then',
    source_group String COMMENT 'Source group as sorted then',
    registrations UInt64 COMMENT 'Registered',
    visits_all UInt64 COMMENT 'Opened the room',
    visits UInt64 COMMENT 'Came',
    visits_5m Nullable(UInt64) COMMENT 'Stayed 5 min',
    visits_30m Nullable(UInt64) COMMENT 'Stayed 30 min',
    walk_ins UInt64 COMMENT 'Came without registering',
    registered_visits UInt64 COMMENT 'Came, of the registered',
    registered_visits_5m Nullable(UInt64) COMMENT 'Stayed 5 min, of the registered',
    registered_visits_30m Nullable(UInt64) COMMENT 'Stayed 30 min, of the registered'
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, taken_at, source_group)
COMMENT 'Funnels of live webinars as they were known at that moment';
