-- Generated from a migrated database (make schema); a test keeps it current.

CREATE TABLE dead_letters
(
    `topic` LowCardinality(String) COMMENT 'Kafka topic of the record',
    `partition` UInt16 COMMENT 'Kafka partition',
    `offset` UInt64 COMMENT 'Kafka offset',
    `written_at` Int64 COMMENT 'Kafka timestamp of the record, ms since 1970 UTC',
    `reason` LowCardinality(String) COMMENT 'streams/decode.py, Reason',
    `detail` String COMMENT 'Which field, and why; never its content',
    `inserted_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it became queryable, UTC'
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition, offset)
SETTINGS index_granularity = 8192
COMMENT 'Records that could not be read. Their bytes are on the topic webinar.dead-letters.v1';

CREATE TABLE events
(
    `webinar_id` String COMMENT 'The webinar it is about',
    `event_id` String COMMENT 'As given by the connector; deterministic',
    `content` UInt64 MATERIALIZED cityHash64(replaceRegexpOne(event, '"received_at"\\s*:\\s*"[^"]*"', '')) COMMENT 'Hash of the event without received_at: two contents under one id are two events',
    `topic` LowCardinality(String) COMMENT 'Kafka topic of the first copy kept',
    `partition` UInt16 COMMENT 'Kafka partition',
    `offset` UInt64 COMMENT 'Kafka offset',
    `written_at` Int64 COMMENT 'Kafka timestamp of the record, ms since 1970 UTC',
    `inserted_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it became queryable, UTC',
    `event` String COMMENT 'The record as it was published, JSON' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, event_id, content)
SETTINGS index_granularity = 8192
COMMENT 'Raw event log, deduplicated by event id and content';

CREATE TABLE excluded_domains
(
    `domain_id` String COMMENT 'd_ = keyed hash of the domain: its people are in no number',
    `excluded` Bool COMMENT 'False: no longer',
    `version` UInt64 COMMENT 'The later wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY domain_id
SETTINGS index_granularity = 8192
COMMENT 'Email domains whose people are left out of every number';

CREATE TABLE funnel_snapshots
(
    `taken_at` DateTime64(3, 'UTC') COMMENT 'When, UTC',
    `webinar_id` String COMMENT 'A webinar that was live then',
    `source_group` String COMMENT 'Source group as sorted then',
    `registrations` UInt64 COMMENT 'Registered',
    `visits_all` UInt64 COMMENT 'Opened the room',
    `visits` UInt64 COMMENT 'Came',
    `visits_5m` Nullable(UInt64) COMMENT 'Stayed 5 min',
    `visits_30m` Nullable(UInt64) COMMENT 'Stayed 30 min',
    `walk_ins` UInt64 COMMENT 'Came without registering',
    `registered_visits` UInt64 COMMENT 'Came, of the registered',
    `registered_visits_5m` Nullable(UInt64) COMMENT 'Stayed 5 min, of the registered',
    `registered_visits_30m` Nullable(UInt64) COMMENT 'Stayed 30 min, of the registered'
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, taken_at, source_group)
SETTINGS index_granularity = 8192
COMMENT 'Funnels of live webinars as they were known at that moment';

CREATE TABLE notes
(
    `note_id` String COMMENT 'Hash of what the note says',
    `noted_from` Int64 COMMENT 'From when, ms since 1970 UTC; -1 = the whole webinar, or its minute',
    `noted_until` Int64 COMMENT 'Until when, ms since 1970 UTC; the same as noted_from: a moment',
    `minute_ms` Int64 COMMENT 'Ms after the begin of the webinar; -1 = not said',
    `webinar_id` String COMMENT 'Only this webinar; empty: any',
    `course` String COMMENT 'Only this course; empty: any',
    `region` String COMMENT 'Only this region; empty: any',
    `source_group` String COMMENT 'Only this source group; empty: any',
    `text` String COMMENT 'What people should know',
    `exclude` Bool COMMENT 'The webinars it is about are left out of what is usual',
    `listed` Bool COMMENT 'False: no longer in the file',
    `version` UInt64 COMMENT 'The later wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY note_id
SETTINGS index_granularity = 8192
COMMENT 'What the business noted: launches, trouble, offers';

CREATE TABLE persons
(
    `webinar_id` String COMMENT 'The webinar',
    `person_id` String COMMENT 'p_ = keyed hash of the email, r_ = of the registrant id',
    `version` UInt64 COMMENT 'streams/row.py, version: epoch, generation of the consumer group, sum of the offsets in state',
    `same_as` String COMMENT 'An r_ that was linked: the p_ it counts as; then it has no numbers of its own',
    `left_out` Bool COMMENT 'Host, panelist or test: in no number',
    `domain_ids` Array(String) COMMENT 'Keyed hashes of the email domains',
    `source` LowCardinality(String) COMMENT 'Key in sources of the first touch; empty = no registration',
    `registration_at` Array(Int64) COMMENT 'Turning points of the registration',
    `registration_status` Array(UInt8) COMMENT 'Status from that instant on: 1 registered, 2 approved, 3 cancelled, 4 denied, 5 withdrawn',
    `first_session_at` Int64 COMMENT 'Start of the earliest session',
    `first_open_session_at` Int64 COMMENT 'Start of the earliest session without a leave',
    `interval_start` Array(Int64) COMMENT 'Union of the sessions, not clipped: starts',
    `interval_end` Array(Int64) COMMENT 'The same: ends; an open session ends at 9999999999999',
    `begin_used` Int64 COMMENT 'The webinar\'s begin that reached_… were computed with',
    `reached_visit_at` Int64 COMMENT 'When watch time reaches 1 s',
    `reached_5m_at` Int64 COMMENT 'When watch time reaches 300 s',
    `reached_30m_at` Int64 COMMENT 'When watch time reaches 1,800 s',
    `summary_at` Int64 COMMENT 'From when on the service\'s summary counts',
    `summary_seconds` Int64 COMMENT 'Watch time by the service\'s summary',
    `recording_view_at` Array(Int64) COMMENT 'Recording views',
    `state` String COMMENT 'The person\'s own state, JSON (streams/person.py)' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (webinar_id, person_id)
SETTINGS index_granularity = 1024
COMMENT 'Persons in webinars: state and row';

CREATE TABLE rules
(
    `id` UInt8 DEFAULT 1 COMMENT 'Always 1: the table has one row',
    `default_duration_ms` Int64 COMMENT 'Planned length of a webinar whose length nobody said',
    `live_grace_ms` Int64 COMMENT 'How long after its planned end a webinar may still be said to be live',
    `full_percent` UInt8 COMMENT 'Share of the webinar that counts as watched in full',
    `matched_percent` UInt8 DEFAULT 50 COMMENT 'Where a smaller share of those who opened the room is registered, the conversion is doubtful',
    `changed_at` DateTime64(3, 'UTC') COMMENT 'When funnel migrate wrote it, UTC'
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY id
SETTINGS index_granularity = 8192
COMMENT 'The rules of the contract that may be set; written by funnel migrate from the settings';

CREATE TABLE schema_migrations
(
    `number` UInt16 COMMENT 'Number of the file in clickhouse/migrations',
    `name` String COMMENT 'Name of the file',
    `checksum` String COMMENT 'SHA-256 of the file when it was applied',
    `applied_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When, UTC'
)
ENGINE = ReplacingMergeTree
ORDER BY number
SETTINGS index_granularity = 8192
COMMENT 'Migrations that were applied';

CREATE TABLE sources
(
    `source` String COMMENT 'What registrations say of their source, trimmed, JSON; the key',
    `source_group` String COMMENT 'The group by the rules',
    `sorted` Bool COMMENT 'False: no business rule sorts it, it keeps its raw name',
    `version` UInt64 COMMENT 'The later rule wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY source
SETTINGS index_granularity = 8192
COMMENT 'Distinct sources and their groups';

CREATE TABLE totals
(
    `webinar_id` String COMMENT 'The webinar',
    `reported_by` LowCardinality(String) COMMENT 'Who says it, such as zoom-report',
    `reported_at` Int64 COMMENT 'When it was said, ms since 1970 UTC',
    `event_id` String COMMENT 'The event that said it',
    `content` String COMMENT 'The event as canonical JSON, which decides a tie',
    `registrations` Nullable(UInt64) COMMENT 'Registered',
    `visits_all` Nullable(UInt64) COMMENT 'Opened the room',
    `visits` Nullable(UInt64) COMMENT 'Came',
    `visits_5m` Nullable(UInt64) COMMENT 'Stayed 5 min',
    `visits_30m` Nullable(UInt64) COMMENT 'Stayed 30 min',
    `visits_full` Nullable(UInt64) COMMENT 'Watched 90 %',
    `recording_views` Nullable(UInt64) COMMENT 'Recording views',
    `page_views` Nullable(UInt64) COMMENT 'Views of the registration page',
    `invited` Nullable(UInt64) COMMENT 'Invited'
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, reported_by, reported_at, event_id, content)
SETTINGS index_granularity = 8192
COMMENT 'Totals that services report themselves';

CREATE TABLE webinars
(
    `webinar_id` String COMMENT '<platform>:<id>[:<occurrence>]',
    `version` UInt64 COMMENT 'streams/row.py, version: epoch, generation of the consumer group, offset',
    `title` String COMMENT 'Empty: not said',
    `course` LowCardinality(String) COMMENT 'Empty: not said',
    `language` LowCardinality(String) COMMENT 'Empty: not said',
    `region` LowCardinality(String) COMMENT 'Empty: not said',
    `format` LowCardinality(String) COMMENT 'live, recorded, or empty: not said',
    `status` LowCardinality(String) COMMENT 'scheduled, live, ended, cancelled, or empty: not said',
    `status_said_at` Int64 COMMENT 'occurred_at of the statement that gave the status',
    `starts_at` Int64 COMMENT 'Planned start',
    `duration_ms` Int64 COMMENT 'Planned length in ms; -1 = not said',
    `started_at` Int64 COMMENT 'Actual start',
    `ended_at` Int64 COMMENT 'Actual end',
    `completed_at` Int64 COMMENT 'When the import after the end was complete',
    `timezone` LowCardinality(String) COMMENT 'IANA name as said',
    `zone_known` Bool COMMENT 'False: no zone said, or an unknown one; the default zone was used',
    `tells` Array(LowCardinality(String)) COMMENT 'What the service can tell',
    `series_id` String DEFAULT '' COMMENT '<platform>:<the service\'s id of the series>; empty: not said',
    `tags` Array(String) DEFAULT [] COMMENT 'The service\'s tags',
    `channel` String DEFAULT '' COMMENT 'The service\'s channel; empty: not said',
    `host` String DEFAULT '' COMMENT 'The service\'s own id of the host, or the person_id of the email; empty: not said',
    `begin` Int64 COMMENT 'started_at, else starts_at',
    `local_begin` Int64 COMMENT 'begin on the local wall clock',
    `local_starts_at` Int64 COMMENT 'starts_at on the local wall clock',
    `state` String COMMENT 'The statements that win a field, JSON' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY webinar_id
SETTINGS index_granularity = 8192
COMMENT 'Webinars: statements folded field by field';

CREATE VIEW catalogue
(
    `webinar_id` String,
    `version` UInt64,
    `title` String,
    `tags` Array(String),
    `channel` String,
    `host` String,
    `series_id` String,
    `course` LowCardinality(String),
    `language` LowCardinality(String),
    `region` LowCardinality(String),
    `format` LowCardinality(String),
    `timezone` LowCardinality(String),
    `state` String
)
AS SELECT
    webinar_id,
    version,
    title,
    tags,
    channel,
    host,
    series_id,
    course,
    language,
    region,
    format,
    timezone,
    state
FROM webinars
FINAL;

CREATE VIEW compare_at
AS SELECT
    said.person_id AS person_id,
    if(stored.same_as != '', stored.same_as, said.person_id) AS counts_as,
    said.staff AS staff,
    said.test AS test,
    said.excluded AS excluded,
    said.registrations > 0 AS has_registration,
    said.visits > 0 AS has_visit,
    person.registered AS registered,
    person.registered_later AS registered_later,
    person.visit_all AS visit_all,
    present.present_status = 5 AS withdrawn
FROM
(
    SELECT
        person_id,
        max(role IN ('host', 'panelist')) AS staff,
        max(is_test) AS test,
        max(domain_id IN (
            SELECT domain_id
            FROM excluded_domains
            FINAL
            WHERE excluded
        )) AS excluded,
        countIf((type = 'registration') AND known) AS registrations,
        countIf((kind IN ('joined', 'left', 'seen', 'summary')) AND known) AS visits
    FROM
    (
        SELECT
            JSONExtractString(event, 'person_id') AS person_id,
            JSONExtractString(event, 'type') AS type,
            JSONExtractString(event, 'kind') AS kind,
            JSONExtractString(event, 'role') AS role,
            JSONExtractBool(event, 'is_test') AS is_test,
            JSONExtractString(event, 'domain_id') AS domain_id,
            parseDateTime64BestEffortOrZero(JSONExtractString(event, 'occurred_at'), 3, 'UTC') <= {at:DateTime64(3, 'UTC')} AS known
        FROM events
        FINAL
        WHERE (webinar_id = {webinar_id:String}) AND (topic IN ('webinar.registrations.v1', 'webinar.attendance.v1'))
    )
    GROUP BY person_id
) AS said
LEFT JOIN
(
    SELECT
        person_id,
        same_as
    FROM persons
    FINAL
    WHERE webinar_id = {webinar_id:String}
) AS stored ON stored.person_id = said.person_id
LEFT JOIN
(
    SELECT
        person_id,
        registration_status[arrayLastIndex(instant -> (instant <= toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')})), registration_at)] AS present_status
    FROM persons
    FINAL
    WHERE webinar_id = {webinar_id:String}
) AS present ON present.person_id = counts_as
LEFT JOIN
(
    SELECT
        person_id,
        registered,
        registered_later,
        visit_all
    FROM persons_at(at = {at:DateTime64(3, 'UTC')})
    WHERE webinar_id = {webinar_id:String}
) AS person ON person.person_id = counts_as;

CREATE VIEW counts_at
AS SELECT
    webinar_id,
    multiIf(sources.source_group != '', sources.source_group, by_key.source = '', 'Walk-in', by_key.source) AS source_group,
    sum(by_key.registrations) AS registrations,
    sum(by_key.registered_later) AS registered_later,
    sum(by_key.visits_all) AS visits_all,
    sum(by_key.visits) AS visits,
    sum(by_key.visits_5m) AS visits_5m,
    sum(by_key.visits_30m) AS visits_30m,
    sum(by_key.visits_full) AS visits_full,
    sum(by_key.walk_ins) AS walk_ins,
    sum(by_key.recording_viewers) AS recording_viewers,
    sum(by_key.recording_views) AS recording_views,
    sum(by_key.registered_visits) AS registered_visits,
    sum(by_key.registered_visits_5m) AS registered_visits_5m,
    sum(by_key.registered_visits_30m) AS registered_visits_30m,
    sum(by_key.registered_visits_full) AS registered_visits_full
FROM
(
    SELECT
        person.webinar_id AS webinar_id,
        person.source AS source,
        countIf(person.registered) AS registrations,
        countIf(person.registered_later) AS registered_later,
        countIf(person.visit_all) AS visits_all,
        countIf(person.visit) AS visits,
        countIf(person.visit_5m) AS visits_5m,
        countIf(person.visit_30m) AS visits_30m,
        countIf(person.visit_full) AS visits_full,
        countIf(person.visit_all AND (NOT person.registered)) AS walk_ins,
        countIf(person.recording_views > 0) AS recording_viewers,
        sum(person.recording_views) AS recording_views,
        countIf(person.registered AND person.visit) AS registered_visits,
        countIf(person.registered AND person.visit_5m) AS registered_visits_5m,
        countIf(person.registered AND person.visit_30m) AS registered_visits_30m,
        countIf(person.registered AND person.visit_full) AS registered_visits_full
    FROM persons_at(at = {at:DateTime64(3, 'UTC')}) AS person
    GROUP BY
        person.webinar_id,
        person.source
) AS by_key
LEFT JOIN
(
    SELECT *
    FROM sources
    FINAL
) AS sources ON sources.source = by_key.source
GROUP BY
    webinar_id,
    source_group;

CREATE VIEW data_as_of
AS SELECT maxOrNull(inserted_at) AS data_as_of
FROM events
WHERE inserted_at <= {at:DateTime64(3, 'UTC')};

CREATE VIEW funnel
AS SELECT
    webinar.webinar_id AS webinar_id,
    webinar.platform AS platform,
    webinar.title AS title,
    webinar.course AS course,
    webinar.language AS language,
    webinar.region AS region,
    webinar.format AS format,
    webinar.status AS status,
    webinar.week AS week,
    webinar.weekday AS weekday,
    webinar.hour AS hour,
    webinar.local_time AS local_time,
    webinar.completeness AS completeness,
    webinar.begun AS begun,
    counted.registrations AS registrations,
    counted.registered_later AS registered_later,
    counted.visits_all AS visits_all,
    counted.visits AS visits,
    if(webinar.window_ms >= 300000, counted.visits_5m, NULL) AS visits_5m,
    if(webinar.window_ms >= 1800000, counted.visits_30m, NULL) AS visits_30m,
    if(webinar.ended, counted.visits_full, NULL) AS visits_full,
    counted.walk_ins AS walk_ins,
    if(has(webinar.tells, 'recording_views'), counted.recording_viewers, NULL) AS recording_viewers,
    if(has(webinar.tells, 'recording_views'), counted.recording_views, NULL) AS recording_views,
    counted.registered_visits AS registered_visits,
    if(webinar.window_ms >= 300000, counted.registered_visits_5m, NULL) AS registered_visits_5m,
    if(webinar.window_ms >= 1800000, counted.registered_visits_30m, NULL) AS registered_visits_30m,
    if(webinar.ended, counted.registered_visits_full, NULL) AS registered_visits_full,
    if(webinar.begun AND (counted.registrations > 0), registered_visits / counted.registrations, NULL) AS conversion,
    if(webinar.begun AND (counted.registrations > 0), registered_visits_5m / counted.registrations, NULL) AS conversion_5m,
    if(webinar.begun AND (counted.registrations > 0), registered_visits_30m / counted.registrations, NULL) AS conversion_30m,
    if(webinar.begun AND (counted.registrations > 0), registered_visits_full / counted.registrations, NULL) AS conversion_full,
    if(counted.visits_all > 0, (counted.visits_all - counted.walk_ins) / counted.visits_all, NULL) AS matched,
    toBool((100 * (counted.visits_all - counted.walk_ins)) < (webinar.matched_percent * counted.visits_all)) AS doubtful,
    webinar.matched_percent AS matched_percent
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar
LEFT JOIN
(
    SELECT
        by_source.webinar_id AS webinar_id,
        sum(by_source.registrations) AS registrations,
        sum(by_source.registered_later) AS registered_later,
        sum(by_source.visits_all) AS visits_all,
        sum(by_source.visits) AS visits,
        sum(by_source.visits_5m) AS visits_5m,
        sum(by_source.visits_30m) AS visits_30m,
        sum(by_source.visits_full) AS visits_full,
        sum(by_source.walk_ins) AS walk_ins,
        sum(by_source.recording_viewers) AS recording_viewers,
        sum(by_source.recording_views) AS recording_views,
        sum(by_source.registered_visits) AS registered_visits,
        sum(by_source.registered_visits_5m) AS registered_visits_5m,
        sum(by_source.registered_visits_30m) AS registered_visits_30m,
        sum(by_source.registered_visits_full) AS registered_visits_full
    FROM counts_at(at = {at:DateTime64(3, 'UTC')}) AS by_source
    GROUP BY by_source.webinar_id
) AS counted ON counted.webinar_id = webinar.webinar_id;

CREATE VIEW funnel_by_source
AS SELECT
    webinar.webinar_id AS webinar_id,
    counted.source_group AS source_group,
    webinar.platform AS platform,
    webinar.title AS title,
    webinar.course AS course,
    webinar.language AS language,
    webinar.region AS region,
    webinar.format AS format,
    webinar.status AS status,
    webinar.week AS week,
    webinar.weekday AS weekday,
    webinar.hour AS hour,
    webinar.local_time AS local_time,
    webinar.completeness AS completeness,
    webinar.begun AS begun,
    counted.registrations AS registrations,
    counted.registered_later AS registered_later,
    counted.visits_all AS visits_all,
    counted.visits AS visits,
    if(webinar.window_ms >= 300000, counted.visits_5m, NULL) AS visits_5m,
    if(webinar.window_ms >= 1800000, counted.visits_30m, NULL) AS visits_30m,
    if(webinar.ended, counted.visits_full, NULL) AS visits_full,
    counted.walk_ins AS walk_ins,
    if(has(webinar.tells, 'recording_views'), counted.recording_viewers, NULL) AS recording_viewers,
    if(has(webinar.tells, 'recording_views'), counted.recording_views, NULL) AS recording_views,
    counted.registered_visits AS registered_visits,
    if(webinar.window_ms >= 300000, counted.registered_visits_5m, NULL) AS registered_visits_5m,
    if(webinar.window_ms >= 1800000, counted.registered_visits_30m, NULL) AS registered_visits_30m,
    if(webinar.ended, counted.registered_visits_full, NULL) AS registered_visits_full
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar
INNER JOIN counts_at(at = {at:DateTime64(3, 'UTC')}) AS counted ON counted.webinar_id = webinar.webinar_id;

CREATE VIEW notes_at
AS SELECT
    note.note_id AS note_id,
    about.webinar_id AS webinar_id,
    fromUnixTimestamp64Milli(multiIf(note.minute_ms >= 0, about.begin_ms + note.minute_ms, note.noted_from >= 0, note.noted_from, about.begin_ms), 'UTC') AS noted_from,
    fromUnixTimestamp64Milli(multiIf(note.minute_ms >= 0, about.begin_ms + note.minute_ms, note.noted_from >= 0, note.noted_until, about.end_ms), 'UTC') AS noted_until,
    note.course AS course,
    note.region AS region,
    note.source_group AS source_group,
    note.text AS text,
    note.exclude AS exclude
FROM
(
    SELECT
        *,
        toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms
    FROM notes
    FINAL
    WHERE listed
) AS note
LEFT JOIN
(
    SELECT
        note_id,
        webinar.webinar_id AS webinar_id,
        webinar.begin_ms AS begin_ms,
        webinar.end_ms AS end_ms
    FROM
    (
        SELECT *
        FROM notes
        FINAL
        WHERE listed
    ) AS scope
    CROSS JOIN
    (
        SELECT *
        FROM webinars_at(at = {at:DateTime64(3, 'UTC')})
        WHERE begun
    ) AS webinar
    WHERE ((scope.webinar_id = '') OR (scope.webinar_id = webinar.webinar_id)) AND ((scope.course = '') OR (scope.course = webinar.course)) AND ((scope.region = '') OR (scope.region = webinar.region)) AND ((scope.noted_from < 0) OR ((scope.noted_from <= webinar.end_ms) AND (scope.noted_until >= webinar.begin_ms)))
) AS about ON about.note_id = note.note_id
WHERE if(note.noted_from >= 0, note.noted_from <= note.at_ms, (about.webinar_id != '') AND ((about.begin_ms + greatest(note.minute_ms, 0)) <= note.at_ms));

CREATE VIEW persons_at
AS SELECT
    webinar_id,
    person_id,
    source,
    (settled_status IN (1, 2)) AND (present_status != 5) AS registered,
    (settled_status = 0) AND (present_status IN (1, 2)) AS registered_later,
    visit_all,
    watch_seconds,
    if(reached_holds, reached_visit_at <= end_ms, watch_seconds >= 1) AS visit,
    if(reached_holds, reached_5m_at <= end_ms, watch_seconds >= 300) AS visit_5m,
    if(reached_holds, reached_30m_at <= end_ms, watch_seconds >= 1800) AS visit_30m,
    ended AND (watch_seconds > 0) AND ((100000 * watch_seconds) >= (full_percent * full_ms)) AS visit_full,
    recording_view_count AS recording_views
FROM
(
    SELECT
        *,
        begun AND (NOT summary_counts) AND (begin_used = begin_ms) AS reached_holds,
        multiIf(NOT begun, 0, summary_counts, least(summary_seconds, intDiv(window_ms, 1000)), intDiv(arraySum((start, end) -> greatest(0, least(end, end_ms) - greatest(start, begin_ms)), interval_start, interval_end), 1000)) AS watch_seconds
    FROM
    (
        SELECT
            *,
            registration_status[arrayLastIndex(instant -> (instant <= if(ended, end_ms, at_ms)), registration_at)] AS settled_status,
            registration_status[arrayLastIndex(instant -> (instant <= at_ms), registration_at)] AS present_status,
            (first_session_at <= at_ms) OR (summary_at <= at_ms) AS visit_all,
            (summary_at <= at_ms) AND ((first_session_at > at_ms) OR (ended AND (first_open_session_at <= at_ms))) AS summary_counts,
            arrayCount(instant -> (instant <= at_ms), recording_view_at) AS recording_view_count
        FROM
        (
            SELECT
                person.*,
                webinar.begun AS begun,
                webinar.ended AS ended,
                webinar.begin_ms AS begin_ms,
                webinar.end_ms AS end_ms,
                webinar.window_ms AS window_ms,
                webinar.full_ms AS full_ms,
                webinar.full_percent AS full_percent,
                toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms
            FROM
            (
                SELECT
                    webinar_id,
                    person_id,
                    source,
                    registration_at,
                    registration_status,
                    first_session_at,
                    first_open_session_at,
                    interval_start,
                    interval_end,
                    begin_used,
                    reached_visit_at,
                    reached_5m_at,
                    reached_30m_at,
                    summary_at,
                    summary_seconds,
                    recording_view_at
                FROM persons
                FINAL
                WHERE (same_as = '') AND (NOT left_out) AND (((
                    SELECT count()
                    FROM excluded_domains
                    FINAL
                    WHERE excluded
                ) = 0) OR (NOT hasAny(domain_ids, (
                    SELECT groupArray(domain_id)
                    FROM excluded_domains
                    FINAL
                    WHERE excluded
                )))) AND (notEmpty(registration_at) OR (first_session_at < 9999999999999) OR (summary_at < 9999999999999) OR notEmpty(recording_view_at))
            ) AS person
            INNER JOIN webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar ON webinar.webinar_id = person.webinar_id
        )
    )
);

CREATE VIEW webinar_list
AS WITH
    if(webinar.begin_ms < 9999999999999, webinar.begin_ms, webinar.starts_at) AS starts_ms
SELECT
    webinar.webinar_id AS webinar_id,
    if(starts_ms < 9999999999999, fromUnixTimestamp64Milli(starts_ms, 'UTC'), NULL) AS starts,
    if(webinar.local_time IS NULL, 'n/a', formatDateTime(assumeNotNull(webinar.local_time), '%Y-%m-%d %H:%i')) AS local_start,
    if(webinar.local_time IS NULL, NULL, webinar.weekday) AS weekday,
    if(webinar.title = '', webinar.webinar_id, webinar.title) AS title,
    webinar.platform AS platform,
    if(webinar.course = '', 'n/a', webinar.course) AS course,
    if(webinar.language = '', 'n/a', webinar.language) AS language,
    if(webinar.region = '', 'n/a', webinar.region) AS region,
    if(webinar.format = '', 'n/a', webinar.format) AS format,
    webinar.completeness AS completeness
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar;

CREATE VIEW webinars_at
AS SELECT
    webinar_id,
    splitByChar(':', webinar_id)[1] AS platform,
    title,
    course,
    language,
    region,
    format,
    status,
    timezone,
    zone_known,
    tells,
    starts_at,
    begun,
    ended,
    begin_ms,
    end_ms,
    window_ms,
    full_percent,
    matched_percent,
    if(duration_ms > 0, least(window_ms, duration_ms), window_ms) AS full_ms,
    multiIf(status = 'cancelled', 'cancelled', NOT begun, 'upcoming', NOT ended, 'on_now', (completed_at <= at_ms) OR ((end_ms + 86400000) <= at_ms), 'final', 'being_completed') AS completeness,
    local_time,
    concat(toString(toISOYear(local_time)), '-W', leftPad(toString(toISOWeek(local_time)), 2, '0')) AS week,
    toDayOfWeek(local_time) AS weekday,
    toHour(local_time) AS hour
FROM
(
    SELECT
        *,
        begun AND (ends_at < 9999999999999) AS ended,
        if(begun, if(ends_at < 9999999999999, greatest(ends_at, begin_ms), at_ms), begin_ms) AS end_ms,
        if(begun, end_ms - begin_ms, 0) AS window_ms,
        fromUnixTimestamp64Milli(nullIf(if(begun, local_begin, local_starts_at), 9999999999999), 'UTC') AS local_time
    FROM
    (
        SELECT
            *,
            multiIf(NOT begun, 9999999999999, end_counts AND (ended_at <= at_ms), ended_at, status = 'ended', if(said_end <= at_ms, said_end, 9999999999999), (status = 'live') AND (at_ms < (planned_end + live_grace_ms)), 9999999999999, at_ms < planned_end, 9999999999999, planned_end) AS ends_at
        FROM
        (
            SELECT
                *,
                (status != 'cancelled') AND (begin_ms <= at_ms) AS begun,
                multiIf(end_counts AND (ended_at > at_ms), ended_at, (ended_at < 9999999999999) AND (NOT end_counts), greatest(begin_ms + length_ms, ended_at), begin_ms + length_ms) AS planned_end,
                least(planned_end, status_said_at) AS said_end
            FROM
            (
                SELECT
                    *,
                    (ended_at < 9999999999999) AND (NOT ((status = 'live') AND (status_said_at > ended_at))) AS end_counts,
                    multiIf(started_at < 9999999999999, started_at, NOT has(tells, 'starts'), starts_at, (status = 'ended') OR (ended_at < 9999999999999), starts_at, (status != 'live') AND ((starts_at + length_ms) <= at_ms), starts_at, 9999999999999) AS begin_ms
                FROM
                (
                    SELECT
                        *,
                        toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms,
                        if(duration_ms >= 0, duration_ms, default_duration_ms) AS length_ms
                    FROM
                    (
                        SELECT *
                        FROM webinars
                        FINAL
                    ) AS webinar
                    CROSS JOIN
                    (
                        SELECT
                            default_duration_ms,
                            live_grace_ms,
                            full_percent,
                            matched_percent
                        FROM rules
                        FINAL
                    ) AS rules
                )
            )
        )
    )
);
