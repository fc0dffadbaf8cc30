-- Each webinar as it stands now, kept by a job of the workers (streams/jobs/current.py), so that panels that show the
-- present read a table instead of having the views planned (docs/decisions/0039-current-numbers.md). These tables can be
-- emptied at any time: pages read the views until the job has filled them.
CREATE TABLE IF NOT EXISTS current_webinars
(
    webinar_id String COMMENT 'The webinar',
    made_at DateTime64(3, 'UTC') COMMENT 'When it was looked for what changed, by the server''s clock, UTC; the later row replaces the earlier',
    made_of String COMMENT 'Of all that it rests on: while it is the same, and before due_at, the row holds',
    due_at Int64 COMMENT 'The next moment at which time alone changes it, ms since 1970 UTC; 0: any',
    thresholds LowCardinality(String) COMMENT 'Seconds of watch time that make its buckets',
    starts Nullable(DateTime64(3, 'UTC')) COMMENT 'This and the following: as in the view webinar_list',
    local_start String COMMENT 'Its start on its own wall clock, as a text',
    weekday Nullable(UInt8) COMMENT '1 to 7 from Monday',
    title String COMMENT 'Its title, else its webinar_id',
    platform LowCardinality(String) COMMENT 'The service where people meet',
    course LowCardinality(String) COMMENT 'n/a: not said',
    language LowCardinality(String) COMMENT 'n/a: not said',
    region LowCardinality(String) COMMENT 'n/a: not said',
    format LowCardinality(String) COMMENT 'n/a: not said',
    completeness LowCardinality(String) COMMENT 'upcoming, on_now, being_completed, final or cancelled',
    local_time Nullable(DateTime64(3, 'UTC')) COMMENT 'Its start on its own wall clock',
    week Nullable(String) COMMENT 'ISO week of the wall clock',
    hour Nullable(UInt8) COMMENT 'Hour of the wall clock',
    begun Bool COMMENT 'Whether it has begun',
    ended Bool COMMENT 'Whether it has ended',
    begin_ms Int64 COMMENT 'Its begin, else its planned start, ms since 1970 UTC',
    end_ms Int64 COMMENT 'Its end; while it is live: now',
    matched_percent UInt8 COMMENT 'Where a smaller share of those who opened the room is registered, the conversion is doubtful',
    window_ms Int64 COMMENT 'How long it has run',
    tells Array(LowCardinality(String)) COMMENT 'What the service can tell',
    totals_only Bool COMMENT 'Whether totals stand in for its persons',
    groups Array(String) COMMENT 'The source groups of its persons',
    numbers Array(Array(Nullable(Int64))) COMMENT 'For each of these groups the numbers of the view numbers_at',
    raw_sources Array(Tuple(source String, registrations UInt64, registered_visits UInt64)) COMMENT 'By what registrations say of their source, a key in sources',
    watching Array(Tuple(median_seconds Nullable(Float64), peak Nullable(UInt64), peak_at Nullable(Int64))) COMMENT 'One element as in the view computed_watching_at; empty: there is none',
    room Array(Tuple(in_room UInt64, waiting UInt64, registered UInt64, visits_all UInt64, walk_ins UInt64, stayed Array(UInt64), most_at_once Int64)) COMMENT 'One element as in the view rooms_at; empty: there is nobody',
    timeline Array(Tuple(minute Int32, in_room Int64, joins Int64, leaves Int64, registered Int64, watched Array(Int64), entered Int64)) COMMENT 'A row a minute as in the view timelines_at',
    registered_minutes Array(Tuple(minute DateTime('UTC'), registrations UInt64)) COMMENT 'Registrations of the last three hours, by minute'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY webinar_id
-- Rows are long, and often a few are asked for by name.
SETTINGS index_granularity = 64
COMMENT 'Each webinar as it stands now';

CREATE TABLE IF NOT EXISTS current_baselines
(
    webinar_id String COMMENT 'A webinar that is live',
    made_at DateTime64(3, 'UTC') COMMENT 'When, by the server''s clock, UTC; the later row replaces the earlier',
    minute Int64 COMMENT 'The minute that it had come to',
    n UInt64 COMMENT 'How many webinars like it lasted so long; 0: too few',
    bands Array(Array(Float64)) COMMENT 'What was typical for it then: each band of the view baselines_now_at'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY webinar_id
COMMENT 'What is typical for each live webinar at its minute';

CREATE TABLE IF NOT EXISTS current_people
(
    webinar_id String COMMENT 'The webinar',
    made_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When, UTC; the later row replaces the earlier',
    kept_at DateTime64(3, 'UTC') COMMENT 'made_at of the row of current_webinars that it goes with; 1970: it is to be made anew',
    begin_ms Int64 COMMENT 'The begin that it was made with, ms since 1970 UTC',
    registered UInt64 COMMENT 'Of the persons who ever registered for it: another one where they are others',
    thresholds LowCardinality(String) COMMENT 'Seconds of watch time that make its buckets',
    parts Array(Tuple(people String, source_group String, numbers Array(Nullable(Int64)), raw_sources Array(Tuple(source String, registrations UInt64, registered_visits UInt64))))
        COMMENT 'Of new and of returning people by source group: as groups, numbers and raw_sources in current_webinars'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY webinar_id
SETTINGS index_granularity = 64
COMMENT 'Each webinar as it stands now, by new and returning people';

CREATE TABLE IF NOT EXISTS person_registrations
(
    person_id String COMMENT 'p_ or r_ as in persons',
    webinar_id String COMMENT 'A webinar that they registered for',
    made_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When, UTC; the later row replaces the earlier',
    counts Bool COMMENT 'False: a linked id, a host, a panelist or a test',
    first_at Int64 COMMENT 'Its first registration, ms since 1970 UTC'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY (person_id, webinar_id)
-- A few thousand persons are looked up among millions.
SETTINGS index_granularity = 256
COMMENT 'What each person registered for: who is new and who returns';

CREATE TABLE IF NOT EXISTS current_turns
(
    id UInt8 DEFAULT 1 COMMENT '1: current_webinars, 2: current_people; the last turn counts',
    made_at DateTime64(3, 'UTC') COMMENT 'Up to when all that changed is in current_webinars, by the server''s clock, UTC',
    thresholds LowCardinality(String) COMMENT 'Seconds of watch time that make the buckets of its rows'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY id
COMMENT 'Until when what is kept of now is complete';

CREATE TABLE IF NOT EXISTS current_definition
(
    id UInt8 DEFAULT 1 COMMENT 'Always 1: the table has one row',
    hash String COMMENT 'Of the views that current_webinars is made with; written by funnel migrate',
    changed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When, UTC'
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY id
COMMENT 'By which definitions current_webinars is made: other ones make every row due';

-- Of two inserts at the same time the later one may become queryable first: their number tells that one came since.
ALTER TABLE webinar_changes ADD COLUMN IF NOT EXISTS inserts SimpleAggregateFunction(sum, UInt64)
    COMMENT 'How many inserts brought rows of its persons; queryable after those rows';

ALTER TABLE webinar_changes_of_persons MODIFY QUERY
SELECT
    webinar_id,
    now64(3, 'UTC') AS changed_at,
    max(greatest(
        arrayMax(arrayPushBack(registration_at, 0)),
        arrayMax(arrayPushBack(recording_view_at, 0)),
        if(first_session_at < 9999999999999, first_session_at, 0),
        if(first_open_session_at < 9999999999999, first_open_session_at, 0),
        if(summary_at < 9999999999999, summary_at, 0))) AS latest_at,
    toUInt64(1) AS inserts
FROM persons
GROUP BY webinar_id;
