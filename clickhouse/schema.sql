-- Generated from a migrated database (make schema); a test keeps it current.

CREATE TABLE alarm_states
(
    `subject` String COMMENT 'A webinar_id, pace:<webinar_id>, or region=…, course=…, language=…',
    `state` String COMMENT 'How it did in the last evaluations, JSON (streams/drops/alarm.py, Alarm)',
    `since` Int64 COMMENT 'Since when its condition lasts, ms since 1970 UTC',
    `evaluated_at` DateTime64(3, 'UTC') COMMENT 'When, UTC; the later evaluation replaces the earlier'
)
ENGINE = ReplacingMergeTree(evaluated_at)
ORDER BY subject
SETTINGS index_granularity = 8192
COMMENT 'Alarms from evaluation to evaluation';

CREATE TABLE alert_deliveries
(
    `message_id` String COMMENT 'The message',
    `channel` LowCardinality(String) COMMENT 'topic, email, slack, telegram or webhook',
    `outcome` LowCardinality(String) COMMENT 'sent; skipped: overtaken or too old; failed: will be tried again',
    `attempts` UInt32 COMMENT 'How often it was tried',
    `detail` String COMMENT 'Why it failed or was skipped, one line',
    `at` DateTime64(3, 'UTC') COMMENT 'When, UTC; the later replaces the earlier'
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (message_id, channel)
SETTINGS index_granularity = 8192
COMMENT 'What became of each message on each channel';

CREATE TABLE alert_messages
(
    `message_id` String COMMENT 'Subject, change and since when; a digest: its name and day',
    `subject` String COMMENT 'Whom it is about, as in alarm_states; empty for a digest',
    `webinar_id` String COMMENT 'The webinar; empty where several are judged together',
    `kind` LowCardinality(String) COMMENT 'drop, empty_room, no_events, pace, standout or digest',
    `raised` Bool COMMENT 'True: it began; false: it is over',
    `created_at` Int64 COMMENT 'When it was found, ms since 1970 UTC',
    `title` String COMMENT 'First line',
    `text` String COMMENT 'The lines below it, for people',
    `event` String COMMENT 'The record for webinar.conversion-alerts.v1, JSON; empty for a digest',
    `version` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'The later replaces the earlier'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY message_id
SETTINGS index_granularity = 8192
COMMENT 'Messages to people: one for each change of state';

CREATE TABLE alert_runs
(
    `evaluated_at` DateTime64(3, 'UTC') COMMENT 'When, UTC',
    `webinars` UInt32 COMMENT 'Webinars looked at',
    `unread` Int64 COMMENT 'Records that workers had not read a minute after they came; -1 = Kafka did not say',
    `seconds` Float64 COMMENT 'How long the evaluation took'
)
ENGINE = ReplacingMergeTree
ORDER BY evaluated_at
TTL toDateTime(evaluated_at) + toIntervalDay(30)
SETTINGS index_granularity = 8192
COMMENT 'Signs of life of the process that evaluates alerts';

CREATE TABLE connector_reports
(
    `connector` LowCardinality(String) COMMENT 'Name of the connector, such as zoom',
    `type` LowCardinality(String) COMMENT 'run, rejected or health',
    `report_id` String COMMENT 'Of several reports of one id the latest counts',
    `version` Int64 COMMENT 'Kafka timestamp of the report',
    `at` Int64 COMMENT 'When it was, or began',
    `task` LowCardinality(String) COMMENT 'run: poll, import, …',
    `finished_at` Int64 COMMENT 'run: its end',
    `events` UInt64 COMMENT 'run: events published',
    `rejected` UInt64 COMMENT 'run: pieces of input that became no event',
    `error` String COMMENT 'run: the line that it ended with; empty: all well',
    `reason` LowCardinality(String) COMMENT 'rejected: connectors/mapped.py, Reason',
    `detail` String COMMENT 'rejected: which field, and why; never its content',
    `form` String COMMENT 'rejected: the form that no rule maps to a webinar',
    `released` Bool COMMENT 'rejected: it was published meanwhile',
    `accepted` UInt64 COMMENT 'health: webhooks accepted within the minute',
    `refused` UInt64 COMMENT 'health: webhooks refused within the minute',
    `spooled` UInt64 COMMENT 'health: events that waited in the spool'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (connector, type, report_id)
SETTINGS index_granularity = 8192
COMMENT 'What connectors say of themselves: runs, rejections, health';

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

CREATE TABLE event_minutes
(
    `minute` DateTime('UTC') COMMENT 'The minute in which they became queryable, UTC',
    `topic` LowCardinality(String) COMMENT 'Kafka topic',
    `platform` LowCardinality(String) COMMENT 'The service of the webinar',
    `events` SimpleAggregateFunction(sum, UInt64) COMMENT 'Events written, repeated deliveries too',
    `newest` SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When the last of them became queryable, UTC',
    `newest_written_at` SimpleAggregateFunction(max, Int64) COMMENT 'The greatest Kafka timestamp among them, ms since 1970 UTC',
    `waited` AggregateFunction(quantilesTDigest(0.5, 0.95, 0.99), Int64) COMMENT 'From Kafka to queryable, ms'
)
ENGINE = AggregatingMergeTree
ORDER BY (minute, topic, platform)
SETTINGS index_granularity = 8192
COMMENT 'What became queryable each minute; kept by the view event_minutes_of_events';

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

CREATE TABLE findings
(
    `finding_id` String COMMENT 'Webinar, kind, metric and since when: one change of state',
    `webinar_id` String COMMENT 'The webinar; empty where several are judged together',
    `kind` LowCardinality(String) COMMENT 'drop, empty_room, no_events, standout or pace',
    `metric` LowCardinality(String) COMMENT 'visits, visits_5m, visits_30m, visits_full or registrations',
    `since` Int64 COMMENT 'From when on it was found, ms since 1970 UTC',
    `until` Int64 COMMENT 'When it was over; 9999999999999 = it is not',
    `value` Nullable(Float64) COMMENT 'The number as it is',
    `usual` Nullable(Float64) COMMENT 'The number as it usually is',
    `sentence` String COMMENT 'In one plain sentence: what, and the reason',
    `reasons` String COMMENT 'The computation, JSON',
    `evaluated_at` DateTime64(3, 'UTC') COMMENT 'When, UTC; the later evaluation replaces the earlier'
)
ENGINE = ReplacingMergeTree(evaluated_at)
ORDER BY finding_id
SETTINGS index_granularity = 8192
COMMENT 'What is unusual about webinars, with the reason';

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

CREATE TABLE pace
(
    `webinar_id` String COMMENT 'An upcoming webinar',
    `evaluated_at` DateTime64(3, 'UTC') COMMENT 'When, UTC',
    `registrations` UInt64 COMMENT 'Registered then',
    `usual_now` Nullable(Float64) COMMENT 'Usually registered at the same time before the start',
    `expected` Nullable(Float64) COMMENT 'The final number to be expected',
    `expected_low` Nullable(Float64) COMMENT 'Lower end of its range',
    `expected_high` Nullable(Float64) COMMENT 'Upper end of its range',
    `usual_final` Nullable(Float64) COMMENT 'The usual final number',
    `n` UInt16 COMMENT 'Of so many earlier webinars'
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, evaluated_at)
SETTINGS index_granularity = 8192
COMMENT 'How registrations for upcoming webinars come in, beside the usual';

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

CREATE TABLE settled_counts
(
    `webinar_id` String COMMENT 'A webinar that is over',
    `settled_at` DateTime64(3, 'UTC') COMMENT 'When it was counted, UTC; the later count replaces the earlier',
    `changes_until` DateTime64(3, 'UTC') COMMENT 'Which changes of its persons are counted for certain, UTC',
    `valid_from` Int64 COMMENT 'The moment from which on these are its numbers, ms since 1970 UTC',
    `webinar_version` UInt64 COMMENT 'The version in webinars that it was counted with',
    `rules_changed_at` DateTime64(3, 'UTC') COMMENT 'The rules that it was counted with, UTC',
    `exclusions_version` UInt64 COMMENT 'The excluded domains that it was counted with',
    `source` Array(String) COMMENT 'The sources of its persons, keys in sources',
    `counts` Array(Array(UInt64)) COMMENT 'For each of these sources the counts of the view computed_counts_at'
)
ENGINE = ReplacingMergeTree(settled_at)
ORDER BY webinar_id
SETTINGS index_granularity = 8192
COMMENT 'Counts by source of webinars that are over and no longer change';

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

CREATE TABLE usual_values
(
    `webinar_id` String COMMENT 'The webinar that it is usual for',
    `evaluated_at` DateTime64(3, 'UTC') COMMENT 'When, UTC; the later evaluation replaces the earlier',
    `likeness` String COMMENT 'In words: which earlier webinars are like it',
    `n` UInt16 COMMENT 'How many of them',
    `members` Array(String) COMMENT 'They, the latest first',
    `weights` Array(UInt32) COMMENT 'How much each weighs',
    `registrations` Nullable(Float64) COMMENT 'Registered at the end: usual',
    `registrations_low` Nullable(Float64) COMMENT 'Lower end of what is usual',
    `registrations_high` Nullable(Float64) COMMENT 'Upper end of what is usual',
    `conversion` Nullable(Float64) COMMENT 'Came, of the registered: usual at the end',
    `conversion_low` Nullable(Float64) COMMENT 'Lower end of what is usual',
    `conversion_high` Nullable(Float64) COMMENT 'Upper end of what is usual',
    `conversion_5m` Nullable(Float64) COMMENT 'Stayed 5 min, of the registered: usual at the end',
    `conversion_5m_low` Nullable(Float64) COMMENT 'Lower end of what is usual',
    `conversion_5m_high` Nullable(Float64) COMMENT 'Upper end of what is usual',
    `conversion_30m` Nullable(Float64) COMMENT 'Stayed 30 min, of the registered: usual at the end',
    `conversion_30m_low` Nullable(Float64) COMMENT 'Lower end of what is usual',
    `conversion_30m_high` Nullable(Float64) COMMENT 'Upper end of what is usual',
    `conversion_full` Nullable(Float64) COMMENT 'Watched 90 %, of the registered: usual',
    `conversion_full_low` Nullable(Float64) COMMENT 'Lower end of what is usual',
    `conversion_full_high` Nullable(Float64) COMMENT 'Upper end of what is usual'
)
ENGINE = ReplacingMergeTree(evaluated_at)
ORDER BY webinar_id
SETTINGS index_granularity = 8192
COMMENT 'What is usual for a webinar: the last ones like it';

CREATE TABLE webinar_changes
(
    `webinar_id` String COMMENT 'The webinar',
    `changed_at` SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When a row of its persons was last inserted, by the server\'s clock, UTC',
    `latest_at` SimpleAggregateFunction(max, Int64) COMMENT 'The latest instant on which its numbers depend beside its begin and end, ms since 1970 UTC'
)
ENGINE = AggregatingMergeTree
ORDER BY webinar_id
SETTINGS index_granularity = 8192
COMMENT 'When the persons of a webinar last changed; kept by the view webinar_changes_of_persons';

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

CREATE VIEW alert_rows
AS SELECT
    kinds.kind AS kind,
    held.webinar_id AS webinar_id,
    held.title AS title,
    held.course AS course,
    held.region AS region,
    held.language AS language,
    ifNull(unusual.sentence, '') AS sentence,
    multiIf(unusual.finding_id = '', 0., kinds.kind = 'drop', greatest(100 * (ifNull(unusual.usual, 0) - ifNull(unusual.value, 0)), 0.1), kinds.kind = 'pace', greatest(ifNull(unusual.usual, 0) - ifNull(unusual.value, 0), 0.1), 1.) AS size
FROM
(
    SELECT *
    FROM held(at = {at:DateTime64(3, 'UTC')})
    WHERE (begin_ms <= (toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) + (14 * 86400000))) AND (ended_ms >= (toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) - 86400000))
) AS held
CROSS JOIN
(
    SELECT arrayJoin(['drop', 'empty_room', 'no_events', 'pace']) AS kind
) AS kinds
LEFT JOIN
(
    SELECT
        webinar_id,
        kind,
        any(finding_id) AS finding_id,
        argMax(sentence, since) AS sentence,
        argMax(usual, since) AS usual,
        argMax(value, since) AS value
    FROM unusual_at(at = {at:DateTime64(3, 'UTC')})
    WHERE webinar_id != ''
    GROUP BY
        webinar_id,
        kind
) AS unusual ON (unusual.webinar_id = held.webinar_id) AND (unusual.kind = kinds.kind)
WHERE if(kinds.kind = 'pace', NOT held.begun, held.begun AND ((kinds.kind = 'drop') OR (NOT held.ended)))
UNION ALL
SELECT
    kind,
    finding_id AS webinar_id,
    splitByChar('|', finding_id)[1] AS title,
    '' AS course,
    '' AS region,
    '' AS language,
    sentence,
    greatest(100 * (ifNull(usual, 0) - ifNull(value, 0)), 0.1) AS size
FROM unusual_at(at = {at:DateTime64(3, 'UTC')})
WHERE (webinar_id = '') AND (kind = 'drop');

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

CREATE VIEW computed_counts_at
AS SELECT
    person.webinar_id AS webinar_id,
    person.source AS source,
    [countIf(person.registered), countIf(person.registered_later), countIf(person.visit_all), countIf(person.visit), countIf(person.visit_5m), countIf(person.visit_30m), countIf(person.visit_full), countIf(person.visit_all AND (NOT person.registered)), countIf(person.recording_views > 0), sum(person.recording_views), countIf(person.registered AND person.visit), countIf(person.registered AND person.visit_5m), countIf(person.registered AND person.visit_30m), countIf(person.registered AND person.visit_full)] AS counts
FROM persons_at(at = {at:DateTime64(3, 'UTC')}) AS person
GROUP BY
    person.webinar_id,
    person.source;

CREATE VIEW connector_runs
AS SELECT
    report.connector AS connector,
    report.task AS task,
    fromUnixTimestamp64Milli(max(report.at), 'UTC') AS began,
    nullIf(argMax(report.finished_at, report.at), 9999999999999) AS finished_ms,
    if(finished_ms IS NULL, NULL, fromUnixTimestamp64Milli(assumeNotNull(finished_ms), 'UTC')) AS finished,
    argMax(report.events, report.at) AS events,
    argMax(report.rejected, report.at) AS rejected,
    argMax(report.error, report.at) AS error
FROM
(
    SELECT *
    FROM connector_reports
    FINAL
    WHERE type = 'run'
) AS report
WHERE report.at <= toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')})
GROUP BY
    report.connector,
    report.task;

CREATE VIEW counted_at
AS SELECT
    webinar_id,
    source,
    counts
FROM settled_counts_at(at = {at:DateTime64(3, 'UTC')})
UNION ALL
SELECT
    webinar_id,
    source,
    counts
FROM computed_counts_at(at = {at:DateTime64(3, 'UTC')})
WHERE webinar_id IN (
    SELECT webinar_id
    FROM webinars
    WHERE webinar_id NOT IN (
        SELECT webinar_id
        FROM settled_at(at = {at:DateTime64(3, 'UTC')})
    )
);

CREATE VIEW counted_persons
(
    `webinar_id` String,
    `person_id` String,
    `source` LowCardinality(String),
    `registration_at` Array(Int64),
    `registration_status` Array(UInt8),
    `interval_start` Array(Int64),
    `interval_end` Array(Int64),
    `recording_view_at` Array(Int64)
)
AS SELECT
    webinar_id,
    person_id,
    source,
    registration_at,
    registration_status,
    interval_start,
    interval_end,
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
))));

CREATE VIEW counts_at
AS SELECT
    webinar_id,
    multiIf(sources.source_group != '', sources.source_group, by_key.source = '', 'Walk-in', by_key.source) AS source_group,
    sumForEach(by_key.counts) AS summed,
    summed[1] AS registrations,
    summed[2] AS registered_later,
    summed[3] AS visits_all,
    summed[4] AS visits,
    summed[5] AS visits_5m,
    summed[6] AS visits_30m,
    summed[7] AS visits_full,
    summed[8] AS walk_ins,
    summed[9] AS recording_viewers,
    summed[10] AS recording_views,
    summed[11] AS registered_visits,
    summed[12] AS registered_visits_5m,
    summed[13] AS registered_visits_30m,
    summed[14] AS registered_visits_full
FROM counted_at(at = {at:DateTime64(3, 'UTC')}) AS by_key
LEFT JOIN
(
    SELECT
        source,
        source_group
    FROM sources
    FINAL
) AS sources ON sources.source = by_key.source
GROUP BY
    webinar_id,
    source_group;

CREATE VIEW courses_at
AS SELECT
    webinar_id,
    begin_ms,
    row.1 AS minute,
    fromUnixTimestamp64Milli(begin_ms + (60000 * minute), 'UTC') AS moment,
    row.2 AS in_room,
    row.3 AS joins,
    row.4 AS leaves,
    row.5 AS registered,
    row.6 AS came,
    if(minute >= 5, row.7, NULL) AS stayed_5m,
    if(minute >= 30, row.8, NULL) AS stayed_30m,
    row.9 AS entered
FROM
(
    SELECT
        webinar_id,
        begin_ms,
        arrayMap(counted -> arrayMap(minute -> ((summed.2)[indexOf(summed.1, ((counted * 100000) + 1000) + minute)]), minutes), range(8)) AS changed,
        range(-30, intDiv(until_ms - begin_ms, 60000) + 1) AS minutes,
        arrayZip(minutes, arrayCumSum(changed[1]), changed[2], changed[3], arrayCumSum(changed[4]), arrayCumSum(changed[5]), arrayCumSum(changed[6]), arrayCumSum(changed[7]), arrayCumSum(changed[8])) AS rows
    FROM
    (
        SELECT
            webinar_id,
            begin_ms,
            until_ms,
            sumMap(changes.1, changes.2) AS summed
        FROM
        (
            SELECT
                webinar_id,
                begin_ms,
                until_ms,
                arrayFilter(stay -> ((stay.1) >= (begin_ms - 1800000)), stays) AS joined,
                arrayFilter(stay -> ((stay.2) < until_ms), stays) AS left,
                CAST(arrayConcat(arrayMap(stay -> (1000 + greatest(-30, ceil(((stay.1) - begin_ms) / 60000)), 1), stays), arrayMap(stay -> (1000 + greatest(-30, ceil(((stay.2) - begin_ms) / 60000)), -1), left), arrayMap(stay -> (101000 + floor(((stay.1) - begin_ms) / 60000), 1), joined), arrayMap(stay -> (201000 + greatest(-30, floor(((stay.2) - begin_ms) / 60000)), 1), left), arrayMap((instant, place) -> ((301000 + (100000 * (place - 1))) + greatest(-30, ceil((instant - begin_ms) / 60000)), 1), reached, arrayEnumerate(reached)), arrayMap(instant -> (701000 + ceil((instant - begin_ms) / 60000), 1), arraySlice(watched_at, 1, 1))), 'Array(Tuple(Int64, Int64))') AS changes
            FROM
            (
                SELECT
                    webinar_id,
                    begin_ms,
                    until_ms,
                    stays,
                    arrayFilter(stay -> ((stay.1) < (stay.2)), arrayMap(stay -> (greatest(stay.1, begin_ms), stay.2), stays)) AS live,
                    arrayCumSum(stay -> ((stay.2) - (stay.1)), live) AS watched,
                    arrayMap(enough -> (((live[arrayFirstIndex(sum -> (sum >= enough), watched) AS place]).2) - ((watched[place]) - enough)), arrayFilter(enough -> ((watched[-1]) >= enough), [1000, 300000, 1800000])) AS watched_at,
                    if(registered_since < 0, [], arrayConcat([registered_since], arrayMap(instant -> greatest(instant, registered_since), watched_at))) AS reached
                FROM stays_at(at = {at:DateTime64(3, 'UTC')})
                WHERE begun
            )
        )
        GROUP BY
            webinar_id,
            begin_ms,
            until_ms
    )
)
ARRAY JOIN rows AS row;

CREATE VIEW data_as_of
AS SELECT maxOrNull(inserted_at) AS data_as_of
FROM events
WHERE inserted_at <= {at:DateTime64(3, 'UTC')};

CREATE VIEW dead_letters_at
AS SELECT
    dead_letters.topic AS topic,
    dead_letters.reason AS reason,
    count() AS records,
    max(dead_letters.inserted_at) AS latest,
    any(dead_letters.detail) AS example
FROM dead_letters
FINAL
WHERE dead_letters.inserted_at <= {at:DateTime64(3, 'UTC')}
GROUP BY
    dead_letters.topic,
    dead_letters.reason;

CREATE VIEW event_minutes_at
AS SELECT
    minute,
    topic,
    platform,
    sum(event_minutes.events) AS events,
    max(event_minutes.newest) AS newest,
    max(event_minutes.newest_written_at) AS newest_written_at,
    quantilesTDigestMergeState(0.5, 0.95, 0.99)(event_minutes.waited) AS waited
FROM event_minutes
WHERE (event_minutes.minute <= {at:DateTime64(3, 'UTC')}) AND (event_minutes.minute > ({at:DateTime64(3, 'UTC')} - toIntervalDay(1)))
GROUP BY
    minute,
    topic,
    platform;

CREATE MATERIALIZED VIEW event_minutes_of_events TO event_minutes
(
    `minute` DateTime('UTC'),
    `topic` LowCardinality(String),
    `platform` String,
    `events` UInt64,
    `newest` DateTime64(3, 'UTC'),
    `newest_written_at` Int64,
    `waited` AggregateFunction(quantilesTDigest(0.5, 0.95, 0.99), Int64)
)
AS SELECT
    CAST(toStartOfMinute(events.inserted_at), 'DateTime(\'UTC\')') AS minute,
    topic,
    splitByChar(':', webinar_id)[1] AS platform,
    count() AS events,
    max(events.inserted_at) AS newest,
    max(written_at) AS newest_written_at,
    quantilesTDigestState(0.5, 0.95, 0.99)(greatest(toUnixTimestamp64Milli(events.inserted_at) - written_at, 0)) AS waited
FROM events
GROUP BY
    minute,
    topic,
    platform;

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
    toBool(webinar.ended AND (said.webinar_id != '')) AS totals_only,
    if(totals_only, said.registrations, counted.registrations) AS registrations,
    if(totals_only, NULL, counted.registered_later) AS registered_later,
    if(totals_only, said.visits_all, counted.visits_all) AS visits_all,
    if(totals_only, said.visits, counted.visits) AS visits,
    multiIf(totals_only, said.visits_5m, webinar.window_ms >= 300000, counted.visits_5m, NULL) AS visits_5m,
    multiIf(totals_only, said.visits_30m, webinar.window_ms >= 1800000, counted.visits_30m, NULL) AS visits_30m,
    multiIf(totals_only, said.visits_full, webinar.ended, counted.visits_full, NULL) AS visits_full,
    if(totals_only, NULL, counted.walk_ins) AS walk_ins,
    multiIf(totals_only, NULL, has(webinar.tells, 'recording_views'), counted.recording_viewers, NULL) AS recording_viewers,
    multiIf(totals_only, said.recording_views, has(webinar.tells, 'recording_views'), counted.recording_views, NULL) AS recording_views,
    if(totals_only, said.visits, counted.registered_visits) AS registered_visits,
    multiIf(totals_only, said.visits_5m, webinar.window_ms >= 300000, counted.registered_visits_5m, NULL) AS registered_visits_5m,
    multiIf(totals_only, said.visits_30m, webinar.window_ms >= 1800000, counted.registered_visits_30m, NULL) AS registered_visits_30m,
    multiIf(totals_only, said.visits_full, webinar.ended, counted.registered_visits_full, NULL) AS registered_visits_full,
    if(webinar.begun AND (registrations > 0), registered_visits / registrations, NULL) AS conversion,
    if(webinar.begun AND (registrations > 0), registered_visits_5m / registrations, NULL) AS conversion_5m,
    if(webinar.begun AND (registrations > 0), registered_visits_30m / registrations, NULL) AS conversion_30m,
    if(webinar.begun AND (registrations > 0), registered_visits_full / registrations, NULL) AS conversion_full,
    if(counted.visits_all > 0, (counted.visits_all - counted.walk_ins) / counted.visits_all, NULL) AS matched,
    toBool((100 * (counted.visits_all - counted.walk_ins)) < (webinar.matched_percent * counted.visits_all)) AS doubtful,
    webinar.matched_percent AS matched_percent
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar
LEFT JOIN
(
    SELECT
        by_source.webinar_id AS webinar_id,
        sumForEach(by_source.summed) AS total,
        total[1] AS registrations,
        total[2] AS registered_later,
        total[3] AS visits_all,
        total[4] AS visits,
        total[5] AS visits_5m,
        total[6] AS visits_30m,
        total[7] AS visits_full,
        total[8] AS walk_ins,
        total[9] AS recording_viewers,
        total[10] AS recording_views,
        total[11] AS registered_visits,
        total[12] AS registered_visits_5m,
        total[13] AS registered_visits_30m,
        total[14] AS registered_visits_full
    FROM counts_at(at = {at:DateTime64(3, 'UTC')}) AS by_source
    GROUP BY by_source.webinar_id
) AS counted ON counted.webinar_id = webinar.webinar_id
LEFT JOIN totals_only AS said ON said.webinar_id = webinar.webinar_id;

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
INNER JOIN counts_at(at = {at:DateTime64(3, 'UTC')}) AS counted ON counted.webinar_id = webinar.webinar_id
UNION ALL
SELECT
    webinar.webinar_id AS webinar_id,
    'Not told by source' AS source_group,
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
    said.registrations AS registrations,
    NULL AS registered_later,
    said.visits_all AS visits_all,
    said.visits AS visits,
    said.visits_5m AS visits_5m,
    said.visits_30m AS visits_30m,
    said.visits_full AS visits_full,
    NULL AS walk_ins,
    NULL AS recording_viewers,
    said.recording_views AS recording_views,
    said.visits AS registered_visits,
    said.visits_5m AS registered_visits_5m,
    said.visits_30m AS registered_visits_30m,
    said.visits_full AS registered_visits_full
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar
INNER JOIN totals_only AS said ON said.webinar_id = webinar.webinar_id
WHERE webinar.ended;

CREATE VIEW held
AS SELECT
    webinar.webinar_id AS webinar_id,
    if(webinar.title = '', webinar.webinar_id, webinar.title) AS title,
    if(webinar.begin_ms < 9999999999999, webinar.begin_ms, webinar.starts_at) AS begin_ms,
    if(webinar.ended, webinar.end_ms, 9999999999999) AS ended_ms,
    webinar.timezone AS timezone,
    webinar.platform AS platform,
    webinar.course AS course,
    webinar.region AS region,
    webinar.language AS language,
    if(webinar.format = '', 'live', webinar.format) AS format,
    toUInt8(ifNull(webinar.weekday, 0)) AS weekday,
    toUInt8(ifNull(webinar.hour, 0)) AS hour,
    webinar.tells AS tells,
    webinar.begun AS begun,
    webinar.ended AS ended,
    webinar.completeness AS completeness,
    webinar.webinar_id IN (
        SELECT webinar_id
        FROM totals_only
    ) AS totals_only,
    webinar.webinar_id IN (
        SELECT webinar_id
        FROM notes_at(at = {at:DateTime64(3, 'UTC')})
        WHERE exclude
    ) AS excluded
FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar
WHERE (completeness != 'cancelled') AND (begin_ms < 9999999999999);

CREATE VIEW local_moments_at
AS WITH
    ifNull((
        SELECT any(if(zone_known, timezone, 'UTC'))
        FROM webinars
        FINAL
        WHERE webinar_id = {webinar_id:String}
    ), 'UTC') AS zone,
    ifNull((
        SELECT any(if(zone_known OR (starts_at >= 9999999999999), 0, local_starts_at - starts_at))
        FROM webinars
        FINAL
        WHERE webinar_id = {webinar_id:String}
    ), 0) AS unknown_offset_ms
SELECT
    what,
    instant,
    (instant + unknown_offset_ms) + (1000 * timezoneOffset(toTimeZone(fromUnixTimestamp64Milli(instant, 'UTC'), zone))) AS local_ms,
    fromUnixTimestamp64Milli(local_ms, 'UTC') AS local_time
FROM
(
    SELECT
        'registered' AS what,
        registered_since AS instant
    FROM stays_at(at = {at:DateTime64(3, 'UTC')})
    WHERE (webinar_id = {webinar_id:String}) AND (registered_since >= 0)
    UNION ALL
    SELECT
        'recording' AS what,
        arrayJoin(recording_view_at) AS instant
    FROM counted_persons
    WHERE (webinar_id = {webinar_id:String}) AND (instant <= toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}))
);

CREATE VIEW minute_counts
AS SELECT
    webinar_id,
    multiIf(sources.source_group != '', sources.source_group, by_key.source = '', 'Walk-in', by_key.source) AS source_group,
    minute,
    sum(by_key.registrations) AS registrations,
    sum(by_key.registered_visits) AS registered_visits,
    sum(by_key.registered_visits_5m) AS registered_visits_5m,
    sum(by_key.registered_visits_30m) AS registered_visits_30m,
    sum(by_key.visits_all) AS visits_all,
    sum(by_key.walk_ins) AS walk_ins
FROM
(
    SELECT
        webinar_id,
        source,
        change.1 AS minute,
        sum(change.2) AS registrations,
        sum(change.3) AS registered_visits,
        sum(change.4) AS registered_visits_5m,
        sum(change.5) AS registered_visits_30m,
        sum(change.6) AS visits_all,
        sum(change.7) AS walk_ins
    FROM
    (
        SELECT
            webinar_id,
            source,
            arrayJoin(arrayMap((m, now, before) -> (m, (now.1) - (before.1), (now.2) - (before.2), (now.3) - (before.3), (now.4) - (before.4), (now.5) - (before.5), (now.6) - (before.6)), minutes, states, arrayPopBack(arrayPushFront(states, tuple(0, 0, 0, 0, 0, 0))))) AS change
        FROM
        (
            SELECT
                webinar_id,
                source,
                minutes,
                arrayMap((good, present, came, came_5m, came_30m) -> (toInt64(good), toInt64(good AND came), toInt64(good AND came_5m), toInt64(good AND came_30m), toInt64(present), toInt64(present AND (NOT good))), goods, presents, cames, cames_5m, cames_30m) AS states
            FROM
            (
                SELECT
                    webinar_id,
                    source,
                    minutes,
                    arrayMap(m -> least(begin_ms + (m * 60000), end_ms), minutes) AS moments,
                    arrayMap(t -> ((NOT withdrawn) AND ((registration_status[arrayLastIndex(instant -> (instant <= t), registration_at)]) IN (1, 2))), moments) AS goods,
                    arrayMap(t -> (first_session_at <= t), moments) AS presents,
                    arrayMap(t -> (visit_at <= t), moments) AS cames,
                    arrayMap(t -> (visit_5m_at <= t), moments) AS cames_5m,
                    arrayMap(t -> (visit_30m_at <= t), moments) AS cames_30m
                FROM
                (
                    SELECT
                        person.webinar_id AS webinar_id,
                        person.source AS source,
                        person.registration_at AS registration_at,
                        person.registration_status AS registration_status,
                        person.first_session_at AS first_session_at,
                        webinar.begin_ms AS begin_ms,
                        webinar.end_ms AS end_ms,
                        if(person.begin_used = webinar.begin_ms, person.reached_visit_at, 9999999999999) AS visit_at,
                        if(person.begin_used = webinar.begin_ms, person.reached_5m_at, 9999999999999) AS visit_5m_at,
                        if(person.begin_used = webinar.begin_ms, person.reached_30m_at, 9999999999999) AS visit_30m_at,
                        (person.registration_status[arrayLastIndex(instant -> (instant <= webinar.at_ms), person.registration_at)]) = 5 AS withdrawn,
                        arraySort(arrayDistinct(arrayMap(instant -> toInt64(ceil((instant - begin_ms) / 60000)), arrayFilter(instant -> (instant <= if(webinar.begun, end_ms, webinar.at_ms)), arrayConcat(person.registration_at, [person.first_session_at, visit_at, visit_5m_at, visit_30m_at]))))) AS minutes
                    FROM
                    (
                        SELECT
                            webinar_id,
                            source,
                            registration_at,
                            registration_status,
                            first_session_at,
                            begin_used,
                            reached_visit_at,
                            reached_5m_at,
                            reached_30m_at
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
                        ))))
                    ) AS person
                    INNER JOIN
                    (
                        SELECT
                            webinar_id,
                            begun,
                            toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms,
                            if(begin_ms < 9999999999999, begin_ms, starts_at) AS begin_ms,
                            if(begun, end_ms, 9999999999999) AS end_ms
                        FROM webinars_at(at = {at:DateTime64(3, 'UTC')})
                    ) AS webinar ON webinar.webinar_id = person.webinar_id
                )
            )
        )
    )
    GROUP BY
        webinar_id,
        source,
        minute
) AS by_key
LEFT JOIN
(
    SELECT
        source,
        source_group
    FROM sources
    FINAL
) AS sources ON sources.source = by_key.source
GROUP BY
    webinar_id,
    source_group,
    minute;

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

CREATE VIEW numbers_at
AS SELECT
    webinar.webinar_id AS webinar_id,
    counted.source_group AS source_group,
    webinar.starts AS starts,
    webinar.local_start AS local_start,
    webinar.local_time AS local_time,
    webinar.week AS week,
    webinar.weekday AS weekday,
    webinar.hour AS hour,
    webinar.title AS title,
    webinar.platform AS platform,
    webinar.course AS course,
    webinar.language AS language,
    webinar.region AS region,
    webinar.format AS format,
    webinar.completeness AS completeness,
    webinar.ended AS ended,
    webinar.begin_ms AS begin_ms,
    webinar.end_ms AS end_ms,
    webinar.matched_percent AS matched_percent,
    arrayMap((count, exists) -> if(exists AND (count >= 0), count, NULL), arrayResize(counted.numbers, 18, 0), [true, true, true, true, counted.totals_only OR (webinar.window_ms >= 300000), counted.totals_only OR (webinar.window_ms >= 1800000), webinar.ended, true, has(webinar.tells, 'recording_views'), counted.totals_only OR has(webinar.tells, 'recording_views'), true, counted.totals_only OR (webinar.window_ms >= 300000), counted.totals_only OR (webinar.window_ms >= 1800000), webinar.ended, webinar.begun, counted.totals_only OR (webinar.window_ms >= 300000), counted.totals_only OR (webinar.window_ms >= 1800000), webinar.ended]) AS numbers
FROM webinar_list(at = {at:DateTime64(3, 'UTC')}) AS webinar
LEFT JOIN
(
    SELECT
        webinar_id,
        source_group,
        CAST(arrayConcat(summed, [summed[1], summed[1], summed[1], summed[1]]), 'Array(Int64)') AS numbers,
        false AS totals_only
    FROM counts_at(at = {at:DateTime64(3, 'UTC')})
    UNION ALL
    SELECT
        webinar_id,
        'Not told by source' AS source_group,
        CAST(arrayMap(number -> ifNull(number, -1), [registrations, NULL, visits_all, visits, visits_5m, visits_30m, visits_full, NULL, NULL, recording_views, visits, visits_5m, visits_30m, visits_full, if(visits IS NULL, NULL, registrations), if(visits_5m IS NULL, NULL, registrations), if(visits_30m IS NULL, NULL, registrations), if(visits_full IS NULL, NULL, registrations)]), 'Array(Int64)') AS numbers,
        true AS totals_only
    FROM totals_only
) AS counted ON (counted.webinar_id = webinar.webinar_id) AND (counted.totals_only <= webinar.ended);

CREATE VIEW on_now_list
AS SELECT *
FROM webinar_list(at = {at:DateTime64(3, 'UTC')})
WHERE (completeness = 'on_now') OR ((completeness = 'upcoming') AND ((starts >= ({at:DateTime64(3, 'UTC')} - toIntervalHour(3))) AND (starts <= ({at:DateTime64(3, 'UTC')} + toIntervalHour(1)))));

CREATE VIEW operation_at
AS SELECT
    (
        SELECT arrayStringConcat(arraySort(groupArray(title)), ', ')
        FROM held(at = {at:DateTime64(3, 'UTC')})
        WHERE begun AND (NOT ended) AND has(tells, 'live')
    ) AS live_webinars,
    dateDiff('second', assumeNotNull((
        SELECT data_as_of
        FROM data_as_of(at = {at:DateTime64(3, 'UTC')})
    )), {at:DateTime64(3, 'UTC')}) / 60 AS data_age_minutes,
    (
        SELECT maxOrNull(evaluated_at)
        FROM alert_runs
        WHERE evaluated_at <= {at:DateTime64(3, 'UTC')}
    ) AS evaluated,
    (
        SELECT argMax(unread, evaluated_at)
        FROM alert_runs
        WHERE evaluated_at <= {at:DateTime64(3, 'UTC')}
    ) AS unread;

CREATE VIEW pace_at
AS SELECT
    pace.webinar_id AS webinar_id,
    max(pace.evaluated_at) AS evaluated,
    (argMax(tuple(pace.registrations), pace.evaluated_at)).1 AS registrations,
    (argMax(tuple(pace.usual_now), pace.evaluated_at)).1 AS usual_now,
    (argMax(tuple(pace.expected), pace.evaluated_at)).1 AS expected,
    (argMax(tuple(pace.expected_low), pace.evaluated_at)).1 AS expected_low,
    (argMax(tuple(pace.expected_high), pace.evaluated_at)).1 AS expected_high,
    (argMax(tuple(pace.usual_final), pace.evaluated_at)).1 AS usual_final,
    (argMax(tuple(pace.n), pace.evaluated_at)).1 AS n
FROM pace
WHERE pace.evaluated_at <= {at:DateTime64(3, 'UTC')}
GROUP BY pace.webinar_id;

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

CREATE VIEW quarantine
AS SELECT
    report.connector AS connector,
    report.reason AS reason,
    report.form AS form,
    count() AS waiting,
    fromUnixTimestamp64Milli(min(report.at), 'UTC') AS since,
    any(report.detail) AS example
FROM
(
    SELECT *
    FROM connector_reports
    FINAL
    WHERE (type = 'rejected') AND (NOT released)
) AS report
WHERE report.at <= toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')})
GROUP BY
    report.connector,
    report.reason,
    report.form;

CREATE VIEW raw_sources_at
AS SELECT
    webinar.webinar_id AS webinar_id,
    webinar.starts AS starts,
    webinar.begin_ms AS begin_ms,
    webinar.platform AS platform,
    webinar.course AS course,
    webinar.language AS language,
    webinar.region AS region,
    webinar.format AS format,
    webinar.weekday AS weekday,
    webinar.completeness AS completeness,
    said.source_group AS source_group,
    said.sorted AS sorted,
    JSONExtractString(said.source, 'utm_medium') AS medium,
    JSONExtractString(said.source, 'utm_campaign') AS campaign,
    arrayFirst(text -> (text != ''), [JSONExtractString(said.source, 'utm_source'), JSONExtractString(said.source, 'tracking_code'), JSONExtractString(said.source, 'platform_source'), domainWithoutWWW(JSONExtractString(said.source, 'referrer')), JSONExtractString(said.source, 'referrer')]) AS raw_source,
    counted.counts[1] AS registrations,
    if(webinar.begun, counted.counts[1], 0) AS registrations_begun,
    if(webinar.begun, counted.counts[11], 0) AS registered_visits
FROM webinar_list(at = {at:DateTime64(3, 'UTC')}) AS webinar
INNER JOIN counted_at(at = {at:DateTime64(3, 'UTC')}) AS counted ON counted.webinar_id = webinar.webinar_id
INNER JOIN
(
    SELECT
        source,
        source_group,
        sorted
    FROM sources
    FINAL
) AS said ON said.source = counted.source;

CREATE VIEW reason_cells
AS SELECT
    person.webinar_id AS webinar_id,
    multiIf(sources.source_group != '', sources.source_group, person.source = '', 'Walk-in', person.source) AS source_group,
    firstNonDefault(JSONExtractString(person.source, 'utm_source'), JSONExtractString(person.source, 'tracking_code'), JSONExtractString(person.source, 'platform_source'), JSONExtractString(person.source, 'referrer')) AS raw_source,
    JSONExtractString(person.source, 'utm_campaign') AS campaign,
    if(person.returning, 'returning', 'new') AS people,
    countries.country AS country,
    countIf(person.registered) AS registrations,
    countIf(person.registered AND person.visit) AS registered_visits,
    countIf(person.registered AND person.visit_5m) AS registered_visits_5m,
    countIf(person.registered AND person.visit_30m) AS registered_visits_30m,
    countIf(person.registered AND person.visit_full) AS registered_visits_full
FROM
(
    SELECT
        final.webinar_id AS webinar_id,
        final.person_id AS person_id,
        final.source AS source,
        seen.first_begin < seen.begin_ms AS returning,
        seen.over AS over,
        if(over, final.registered, seen.registered_then) AS registered,
        if(over, final.visit, seen.visit_then) AS visit,
        if(over, final.visit_5m, seen.visit_5m_then) AS visit_5m,
        if(over, final.visit_30m, seen.visit_30m_then) AS visit_30m,
        over AND final.visit_full AS visit_full
    FROM
    (
        SELECT
            webinar_id,
            person_id,
            source,
            registered,
            visit,
            visit_5m,
            visit_30m,
            visit_full
        FROM persons_at(at = {at:DateTime64(3, 'UTC')})
        WHERE webinar_id IN ({webinar_ids:Array(String)})
    ) AS final
    INNER JOIN
    (
        SELECT
            row.webinar_id AS webinar_id,
            row.person_id AS person_id,
            webinar.begin_ms AS begin_ms,
            known.first_begin AS first_begin,
            webinar.ended AND (webinar.window_ms <= {elapsed:Int64}) AS over,
            webinar.begin_ms + {elapsed:Int64} AS then,
            ((row.registration_status[arrayLastIndex(instant -> (instant <= then), row.registration_at)]) IN (1, 2)) AND ((row.registration_status[arrayLastIndex(instant -> (instant <= toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')})), row.registration_at)]) != 5) AS registered_then,
            (row.begin_used = webinar.begin_ms) AND (row.reached_visit_at <= then) AS visit_then,
            (row.begin_used = webinar.begin_ms) AND (row.reached_5m_at <= then) AS visit_5m_then,
            (row.begin_used = webinar.begin_ms) AND (row.reached_30m_at <= then) AS visit_30m_then
        FROM
        (
            SELECT
                webinar_id,
                person_id,
                registration_at,
                registration_status,
                begin_used,
                reached_visit_at,
                reached_5m_at,
                reached_30m_at
            FROM persons
            FINAL
            WHERE webinar_id IN ({webinar_ids:Array(String)})
        ) AS row
        INNER JOIN webinars_at(at = {at:DateTime64(3, 'UTC')}) AS webinar ON webinar.webinar_id = row.webinar_id
        LEFT JOIN
        (
            SELECT
                person_id,
                min(begin_used) AS first_begin
            FROM persons
            WHERE notEmpty(registration_at) AND (person_id IN (
                SELECT person_id
                FROM persons
                WHERE webinar_id IN ({webinar_ids:Array(String)})
            ))
            GROUP BY person_id
        ) AS known ON known.person_id = row.person_id
    ) AS seen ON (seen.webinar_id = final.webinar_id) AND (seen.person_id = final.person_id)
) AS person
LEFT JOIN
(
    SELECT
        source,
        source_group
    FROM sources
    FINAL
) AS sources ON sources.source = person.source
LEFT JOIN
(
    SELECT
        said.webinar_id AS webinar_id,
        if(links.same_as = '', said.person_id, links.same_as) AS person_id,
        argMin(said.country, said.occurred_at) AS country
    FROM
    (
        SELECT
            webinar_id,
            JSONExtractString(event, 'person_id') AS person_id,
            JSONExtractString(event, 'country') AS country,
            JSONExtractString(event, 'occurred_at') AS occurred_at
        FROM events
        WHERE (webinar_id IN ({webinar_ids:Array(String)})) AND (topic = 'webinar.registrations.v1') AND (country != '')
    ) AS said
    LEFT JOIN
    (
        SELECT
            webinar_id,
            person_id,
            same_as
        FROM persons
        FINAL
        WHERE (webinar_id IN ({webinar_ids:Array(String)})) AND (same_as != '')
    ) AS links ON (links.webinar_id = said.webinar_id) AND (links.person_id = said.person_id)
    GROUP BY
        webinar_id,
        person_id
) AS countries ON (countries.webinar_id = person.webinar_id) AND (countries.person_id = person.person_id)
GROUP BY
    webinar_id,
    source_group,
    raw_source,
    campaign,
    people,
    country
HAVING registrations > 0;

CREATE VIEW rooms_at
AS SELECT
    webinar_id,
    begun,
    if(begun, here, 0) AS in_room,
    if(begun, 0, here) AS waiting,
    registered,
    came,
    if(begun, arrayMax(arrayPushFront(arrayCumSum(changes.2), 0)), 0) AS most_at_once
FROM
(
    SELECT
        webinar_id,
        begun,
        countIf(arrayExists(stay -> ((stay.2) = until_ms), stays)) AS here,
        countIf(registered_since >= 0) AS registered,
        countIf((registered_since >= 0) AND (arraySum(stay -> ((stay.2) - greatest(stay.1, begin_ms)), live) >= 1000)) AS came,
        sumMap(arrayConcat(arrayMap(stay -> greatest(stay.1, begin_ms), live), arrayMap(stay -> (stay.2), live)), arrayConcat(arrayMap(stay -> 1, live), arrayMap(stay -> -1, live))) AS changes
    FROM
    (
        SELECT
            *,
            arrayFilter(stay -> ((stay.2) > begin_ms), stays) AS live
        FROM stays_at(at = {at:DateTime64(3, 'UTC')})
    )
    GROUP BY
        webinar_id,
        begun
);

CREATE VIEW settled_at
AS SELECT
    webinar_id,
    source,
    counts
FROM
(
    SELECT
        webinar_id,
        source,
        counts,
        webinar_version,
        changes_until
    FROM settled_counts
    FINAL
    WHERE (valid_from <= toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')})) AND (rules_changed_at = (
        SELECT changed_at
        FROM rules
        FINAL
    )) AND (exclusions_version = (
        SELECT max(version)
        FROM excluded_domains
    ))
) AS settled
INNER JOIN
(
    SELECT
        webinar_id,
        version
    FROM webinars
    FINAL
) AS webinar ON (webinar.webinar_id = settled.webinar_id) AND (webinar.version = settled.webinar_version)
INNER JOIN
(
    SELECT
        webinar_id,
        max(changed_at) AS changed_at
    FROM webinar_changes
    GROUP BY webinar_id
) AS changes ON changes.webinar_id = settled.webinar_id
WHERE changes.changed_at <= settled.changes_until;

CREATE VIEW settled_counts_at
AS SELECT
    webinar_id,
    one_source AS source,
    one_counts AS counts
FROM settled_at(at = {at:DateTime64(3, 'UTC')})
ARRAY JOIN
    source AS one_source,
    counts AS one_counts;

CREATE VIEW source_list
(
    `source_group` String,
    `sorted` Bool
)
AS SELECT
    source_group,
    false AS sorted
FROM
(
    SELECT arrayJoin(['Walk-in', 'Not told by source']) AS source_group
)
UNION ALL
SELECT
    source_group,
    sorted
FROM sources
FINAL
WHERE source_group != '';

CREATE VIEW stays_at
AS SELECT
    webinar_id,
    person_id,
    source,
    begun,
    begin_ms,
    until_ms,
    if(((registration_status[arrayLastIndex(instant -> (instant <= until_ms), registration_at)]) IN (1, 2)) AND ((registration_status[arrayLastIndex(instant -> (instant <= at_ms), registration_at)]) != 5), registration_at[arrayLastIndex((instant, status) -> ((instant <= until_ms) AND (status NOT IN (1, 2))), registration_at, registration_status) + 1], -1) AS registered_since,
    arrayFilter(stay -> ((stay.1) < (stay.2)), arrayMap((start, end) -> (start, least(end, until_ms)), interval_start, interval_end)) AS stays
FROM
(
    SELECT
        person.webinar_id AS webinar_id,
        person.person_id AS person_id,
        person.source AS source,
        person.registration_at AS registration_at,
        person.registration_status AS registration_status,
        person.interval_start AS interval_start,
        person.interval_end AS interval_end,
        webinar.begun AS begun,
        webinar.begin_ms AS begin_ms,
        toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms,
        if(webinar.ended, webinar.end_ms, at_ms) AS until_ms
    FROM counted_persons AS person
    INNER JOIN
    (
        SELECT
            webinar_id,
            begun,
            ended,
            begin_ms,
            end_ms
        FROM webinars_at(at = {at:DateTime64(3, 'UTC')})
    ) AS webinar ON webinar.webinar_id = person.webinar_id
);

CREATE VIEW totals_only
(
    `webinar_id` String,
    `registrations` Nullable(UInt64),
    `visits_all` Nullable(UInt64),
    `visits` Nullable(UInt64),
    `visits_5m` Nullable(UInt64),
    `visits_30m` Nullable(UInt64),
    `visits_full` Nullable(UInt64),
    `recording_views` Nullable(UInt64)
)
AS SELECT
    webinar_id,
    greatest_said.1 AS registrations,
    greatest_said.2 AS visits_all,
    greatest_said.3 AS visits,
    greatest_said.4 AS visits_5m,
    greatest_said.5 AS visits_30m,
    greatest_said.6 AS visits_full,
    greatest_said.7 AS recording_views
FROM
(
    SELECT
        webinar_id,
        argMax((registrations, visits_all, visits, visits_5m, visits_30m, visits_full, recording_views), (reported_at, event_id, content)) AS greatest_said
    FROM totals
    WHERE webinar_id NOT IN (
        SELECT webinar_id
        FROM persons
        WHERE (webinar_id IN (
            SELECT webinar_id
            FROM totals
        )) AND (notEmpty(registration_at) OR (first_session_at < 9999999999999) OR (summary_at < 9999999999999) OR notEmpty(recording_view_at))
    )
    GROUP BY webinar_id
);

CREATE VIEW unusual_at
AS SELECT
    finding_id,
    webinar_id,
    kind,
    metric,
    fromUnixTimestamp64Milli(since, 'UTC') AS since,
    value,
    usual,
    sentence,
    reasons
FROM findings
FINAL
WHERE (findings.since <= toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')})) AND (findings.until > toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}));

CREATE VIEW usual
(
    `webinar_id` String,
    `evaluated_at` DateTime64(3, 'UTC'),
    `likeness` String,
    `n` UInt16,
    `members` Array(String),
    `weights` Array(UInt32),
    `registrations` Nullable(Float64),
    `registrations_low` Nullable(Float64),
    `registrations_high` Nullable(Float64),
    `conversion` Nullable(Float64),
    `conversion_low` Nullable(Float64),
    `conversion_high` Nullable(Float64),
    `conversion_5m` Nullable(Float64),
    `conversion_5m_low` Nullable(Float64),
    `conversion_5m_high` Nullable(Float64),
    `conversion_30m` Nullable(Float64),
    `conversion_30m_low` Nullable(Float64),
    `conversion_30m_high` Nullable(Float64),
    `conversion_full` Nullable(Float64),
    `conversion_full_low` Nullable(Float64),
    `conversion_full_high` Nullable(Float64)
)
AS SELECT *
FROM usual_values
FINAL;

CREATE VIEW usual_course_at
AS SELECT
    minute,
    n,
    if(n >= 3, bands[1], unknown) AS in_room_band,
    if((n >= 3) AND (minute >= 5), bands[2], unknown) AS retention_band,
    if((n >= 3) AND (minute >= 0), bands[3], unknown) AS came_band,
    if((n >= 3) AND (minute >= 5), bands[4], unknown) AS stayed_5m_band,
    if((n >= 3) AND (minute >= 30), bands[5], unknown) AS stayed_30m_band
FROM
(
    SELECT
        course.minute AS minute,
        count() AS n,
        CAST(quantilesExactWeightedForEach(0.1, 0.5, 0.9)([toFloat64(course.in_room), course.in_room / greatest(course.entered, course.in_room, 1), course.came / course.registered, ifNull(course.stayed_5m, 0) / course.registered, ifNull(course.stayed_30m, 0) / course.registered], arrayResize([alike.weight], 5, alike.weight)), 'Array(Array(Nullable(Float64)))') AS bands,
        CAST([NULL, NULL, NULL], 'Array(Nullable(Float64))') AS unknown
    FROM courses_at(at = {at:DateTime64(3, 'UTC')}) AS course
    INNER JOIN
    (
        SELECT
            pair.1 AS webinar_id,
            pair.2 AS weight
        FROM usual
        ARRAY JOIN arraySlice(arrayFilter(one -> ((one.2) > 0), arrayZip(members, weights)), 1, 12) AS pair
        WHERE usual.webinar_id = {webinar_id:String}
    ) AS alike ON alike.webinar_id = course.webinar_id
    WHERE (course.webinar_id IN (
        SELECT arrayJoin(arraySlice(arrayFilter((member, weight) -> (weight > 0), members, weights), 1, 12))
        FROM usual
        WHERE webinar_id = {webinar_id:String}
    )) AND (course.registered > 0)
    GROUP BY course.minute
);

CREATE VIEW usual_now_at
AS SELECT
    alike.webinar_id AS webinar_id,
    count() AS n,
    quantilesExactWeighted(0.1, 0.5, 0.9)(course.came / course.registered, alike.weight) AS came_band,
    quantilesExactWeighted(0.1, 0.5, 0.9)(ifNull(course.stayed_5m, 0) / course.registered, alike.weight) AS stayed_5m_band,
    quantilesExactWeighted(0.1, 0.5, 0.9)(ifNull(course.stayed_30m, 0) / course.registered, alike.weight) AS stayed_30m_band
FROM courses_at(at = {at:DateTime64(3, 'UTC')}) AS course
INNER JOIN
(
    SELECT
        live.webinar_id AS webinar_id,
        live.minute AS minute,
        pair.1 AS member,
        pair.2 AS weight
    FROM usual
    INNER JOIN
    (
        SELECT
            webinar_id,
            intDiv(toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) - begin_ms, 60000) AS minute
        FROM webinars_at(at = {at:DateTime64(3, 'UTC')})
        WHERE completeness = 'on_now'
    ) AS live ON live.webinar_id = usual.webinar_id
    ARRAY JOIN arraySlice(arrayFilter(one -> ((one.2) > 0), arrayZip(members, weights)), 1, 12) AS pair
) AS alike ON (alike.member = course.webinar_id) AND (alike.minute = course.minute)
WHERE (course.webinar_id IN (
    SELECT arrayJoin(arraySlice(arrayFilter((member, weight) -> (weight > 0), members, weights), 1, 12))
    FROM usual
    WHERE webinar_id IN (
        SELECT webinar_id
        FROM webinars_at(at = {at:DateTime64(3, 'UTC')})
        WHERE completeness = 'on_now'
    )
)) AND (course.registered > 0)
GROUP BY alike.webinar_id
HAVING n >= 3;

CREATE VIEW watched_at
AS SELECT
    webinar_id,
    watch_seconds,
    multiIf(watch_seconds < 60, 1, watch_seconds < 300, 2, watch_seconds < 900, 3, watch_seconds < 1800, 4, watch_seconds < 2700, 5, watch_seconds < 3600, 6, watch_seconds < 5400, 7, 8) AS step
FROM persons_at(at = {at:DateTime64(3, 'UTC')})
WHERE watch_seconds > 0;

CREATE VIEW webhook_health
AS SELECT
    report.connector AS connector,
    fromUnixTimestamp64Milli(report.at, 'UTC') AS minute,
    report.accepted AS accepted,
    report.refused AS refused,
    report.spooled AS spooled
FROM
(
    SELECT *
    FROM connector_reports
    FINAL
    WHERE type = 'health'
) AS report
WHERE (report.at <= toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')})) AND (report.at > (toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) - 3600000));

CREATE MATERIALIZED VIEW webinar_changes_of_persons TO webinar_changes
(
    `webinar_id` String,
    `changed_at` DateTime64(3, 'UTC'),
    `latest_at` Int64
)
AS SELECT
    webinar_id,
    now64(3, 'UTC') AS changed_at,
    max(greatest(arrayMax(arrayPushBack(registration_at, 0)), arrayMax(arrayPushBack(recording_view_at, 0)), if(first_session_at < 9999999999999, first_session_at, 0), if(first_open_session_at < 9999999999999, first_open_session_at, 0), if(summary_at < 9999999999999, summary_at, 0))) AS latest_at
FROM persons
GROUP BY webinar_id;

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
    webinar.completeness AS completeness,
    webinar.local_time AS local_time,
    webinar.week AS week,
    webinar.hour AS hour,
    webinar.begun AS begun,
    webinar.ended AS ended,
    starts_ms AS begin_ms,
    webinar.end_ms AS end_ms,
    webinar.matched_percent AS matched_percent,
    webinar.window_ms AS window_ms,
    webinar.tells AS tells
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
    ends_at < 9999999999999 AS ended,
    ended_from,
    begin_ms,
    if(begun, if(ended, greatest(ends_at, begin_ms), at_ms), begin_ms) AS end_ms,
    if(begun, end_ms - begin_ms, 0) AS window_ms,
    full_percent,
    matched_percent,
    if(duration_ms > 0, least(window_ms, duration_ms), window_ms) AS full_ms,
    multiIf(status = 'cancelled', 'cancelled', NOT begun, 'upcoming', NOT ended, 'on_now', (completed_at <= at_ms) OR ((end_ms + 86400000) <= at_ms), 'final', 'being_completed') AS completeness,
    fromUnixTimestamp64Milli(nullIf(if(begun, local_begin, local_starts_at), 9999999999999), 'UTC') AS local_time,
    concat(toString(toISOYear(local_time)), '-W', leftPad(toString(toISOWeek(local_time)), 2, '0')) AS week,
    toDayOfWeek(local_time) AS weekday,
    toHour(local_time) AS hour
FROM
(
    SELECT
        webinar_id,
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
        duration_ms,
        completed_at,
        local_begin,
        local_starts_at,
        begin_ms,
        full_percent,
        matched_percent,
        at_ms,
        (status != 'cancelled') AND (begin_ms <= at_ms) AS begun,
        multiIf(NOT begun, 9999999999999, end_counts AND (ended_at <= at_ms), ended_at, status = 'ended', if(said_end <= at_ms, said_end, 9999999999999), (status = 'live') AND (at_ms < (planned_end + live_grace_ms)), 9999999999999, at_ms < planned_end, 9999999999999, planned_end) AS ends_at,
        multiIf(end_counts, ended_at, status = 'ended', said_end, status = 'live', planned_end + live_grace_ms, planned_end) AS ended_from
    FROM
    (
        SELECT
            webinar_id,
            title,
            course,
            language,
            region,
            format,
            status,
            status_said_at,
            timezone,
            zone_known,
            tells,
            starts_at,
            duration_ms,
            ended_at,
            completed_at,
            local_begin,
            local_starts_at,
            live_grace_ms,
            full_percent,
            matched_percent,
            toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS at_ms,
            if(duration_ms >= 0, duration_ms, default_duration_ms) AS length_ms,
            (ended_at < 9999999999999) AND (NOT ((status = 'live') AND (status_said_at > ended_at))) AS end_counts,
            multiIf(started_at < 9999999999999, started_at, (NOT has(tells, 'starts')) OR (status = 'ended') OR (ended_at < 9999999999999) OR ((status != 'live') AND ((starts_at + length_ms) <= at_ms)), starts_at, 9999999999999) AS begin_ms,
            multiIf(end_counts, ended_at, ended_at < 9999999999999, greatest(begin_ms + length_ms, ended_at), begin_ms + length_ms) AS planned_end,
            least(planned_end, status_said_at) AS said_end
        FROM webinars
        FINAL
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
);
