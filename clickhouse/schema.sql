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

CREATE TABLE baseline_values
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
    `conversion_5m` Nullable(Float64) COMMENT 'Stayed 5 min, in rows of before stays; no longer written',
    `conversion_5m_low` Nullable(Float64) COMMENT 'Lower end of what is usual',
    `conversion_5m_high` Nullable(Float64) COMMENT 'Upper end of what is usual',
    `conversion_30m` Nullable(Float64) COMMENT 'Stayed 30 min, in rows of before stays; no longer written',
    `conversion_30m_low` Nullable(Float64) COMMENT 'Lower end of what is usual',
    `conversion_30m_high` Nullable(Float64) COMMENT 'Upper end of what is usual',
    `stays` Array(Tuple(
        UInt32,
        Nullable(Float64),
        Nullable(Float64),
        Nullable(Float64))) DEFAULT [(300, conversion_5m, conversion_5m_low, conversion_5m_high), (1800, conversion_30m, conversion_30m_low, conversion_30m_high)] COMMENT '(seconds, share, low, high) of each threshold: the share of the registered who stayed so long, usual at the end, and the range of what is usual',
    `conversion_full` Nullable(Float64) COMMENT 'Watched 90 %, of the registered: usual',
    `conversion_full_low` Nullable(Float64) COMMENT 'Lower end of what is usual',
    `conversion_full_high` Nullable(Float64) COMMENT 'Upper end of what is usual'
)
ENGINE = ReplacingMergeTree(evaluated_at)
ORDER BY webinar_id
SETTINGS index_granularity = 8192
COMMENT 'What is usual for a webinar: the last ones like it';

CREATE TABLE connector_reports
(
    `connector` LowCardinality(String) COMMENT 'Name of the connector, such as zoom',
    `type` LowCardinality(String) COMMENT 'run, rejected, health or imported',
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
    `spooled` UInt64 COMMENT 'health: events that waited in the spool',
    `webinar_id` String COMMENT 'imported: the webinar; empty: rows of which nothing tells for which',
    `file_name` String COMMENT 'imported: the name of the file',
    `rows` UInt64 COMMENT 'imported: its rows about the webinar; 0: not known',
    `people` Array(UInt64) COMMENT 'imported: the smallest numbers of the persons of its good rows, ascending'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (connector, type, report_id)
TTL toDateTime(intDiv(at, 1000), 'UTC') + toIntervalDay(400) WHERE type IN ('run', 'health', 'poller')
SETTINGS index_granularity = 8192
COMMENT 'What connectors say of themselves: runs, rejections, health';

CREATE TABLE current_baselines
(
    `webinar_id` String COMMENT 'A webinar that is live',
    `made_at` DateTime64(3, 'UTC') COMMENT 'When, by the server\'s clock, UTC; the later row replaces the earlier',
    `minute` Int64 COMMENT 'The minute that it had come to',
    `n` UInt64 COMMENT 'How many webinars like it lasted so long; 0: too few',
    `bands` Array(Array(Float64)) COMMENT 'What was typical for it then: each band of the view baselines_now_at'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY webinar_id
SETTINGS index_granularity = 8192
COMMENT 'What is typical for each live webinar at its minute';

CREATE TABLE current_definition
(
    `id` UInt8 DEFAULT 1 COMMENT 'Always 1: the table has one row',
    `hash` String COMMENT 'Of the views that current_webinars is made with; written by funnel migrate',
    `changed_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When, UTC'
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY id
SETTINGS index_granularity = 8192
COMMENT 'By which definitions current_webinars is made: other ones make every row due';

CREATE TABLE current_people
(
    `webinar_id` String COMMENT 'The webinar',
    `made_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When, UTC; the later row replaces the earlier',
    `kept_at` DateTime64(3, 'UTC') COMMENT 'made_at of the row of current_webinars that it goes with; 1970: it is to be made anew',
    `begin_ms` Int64 COMMENT 'The begin that it was made with, ms since 1970 UTC',
    `registered` UInt64 COMMENT 'Of the persons who ever registered for it: another one where they are others',
    `thresholds` LowCardinality(String) COMMENT 'Seconds of watch time that make its buckets',
    `parts` Array(Tuple(
        people String,
        source_group String,
        numbers Array(Nullable(Int64)),
        raw_sources Array(Tuple(
            source String,
            registrations UInt64,
            registered_visits UInt64)))) COMMENT 'Of new and of returning people by source group: as groups, numbers and raw_sources in current_webinars'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY webinar_id
SETTINGS index_granularity = 64
COMMENT 'Each webinar as it stands now, by new and returning people';

CREATE TABLE current_turns
(
    `id` UInt8 DEFAULT 1 COMMENT '1: current_webinars, 2: current_people; the last turn counts',
    `made_at` DateTime64(3, 'UTC') COMMENT 'Up to when all that changed is in current_webinars, by the server\'s clock, UTC',
    `thresholds` LowCardinality(String) COMMENT 'Seconds of watch time that make the buckets of its rows'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY id
SETTINGS index_granularity = 8192
COMMENT 'Until when what is kept of now is complete';

CREATE TABLE current_webinars
(
    `webinar_id` String COMMENT 'The webinar',
    `made_at` DateTime64(3, 'UTC') COMMENT 'When it was looked for what changed, by the server\'s clock, UTC; the later row replaces the earlier',
    `made_of` String COMMENT 'Of all that it rests on: while it is the same, and before due_at, the row holds',
    `due_at` Int64 COMMENT 'The next moment at which time alone changes it, ms since 1970 UTC; 0: any',
    `thresholds` LowCardinality(String) COMMENT 'Seconds of watch time that make its buckets',
    `starts` Nullable(DateTime64(3, 'UTC')) COMMENT 'This and the following: as in the view webinar_list',
    `local_start` String COMMENT 'Its start on its own wall clock, as a text',
    `weekday` Nullable(UInt8) COMMENT '1 to 7 from Monday',
    `title` String COMMENT 'Its title, else its webinar_id',
    `platform` LowCardinality(String) COMMENT 'The service where people meet',
    `course` LowCardinality(String) COMMENT 'n/a: not said',
    `language` LowCardinality(String) COMMENT 'n/a: not said',
    `region` LowCardinality(String) COMMENT 'n/a: not said',
    `format` LowCardinality(String) COMMENT 'n/a: not said',
    `completeness` LowCardinality(String) COMMENT 'upcoming, on_now, being_completed, final or cancelled',
    `local_time` Nullable(DateTime64(3, 'UTC')) COMMENT 'Its start on its own wall clock',
    `week` Nullable(String) COMMENT 'ISO week of the wall clock',
    `hour` Nullable(UInt8) COMMENT 'Hour of the wall clock',
    `begun` Bool COMMENT 'Whether it has begun',
    `ended` Bool COMMENT 'Whether it has ended',
    `begin_ms` Int64 COMMENT 'Its begin, else its planned start, ms since 1970 UTC',
    `end_ms` Int64 COMMENT 'Its end; while it is live: now',
    `matched_percent` UInt8 COMMENT 'Where a smaller share of those who opened the room is registered, the conversion is doubtful',
    `window_ms` Int64 COMMENT 'How long it has run',
    `tells` Array(LowCardinality(String)) COMMENT 'What the service can tell',
    `totals_only` Bool COMMENT 'Whether totals stand in for its persons',
    `groups` Array(String) COMMENT 'The source groups of its persons',
    `numbers` Array(Array(Nullable(Int64))) COMMENT 'For each of these groups the numbers of the view numbers_at',
    `raw_sources` Array(Tuple(
        source String,
        registrations UInt64,
        registered_visits UInt64)) COMMENT 'By what registrations say of their source, a key in sources',
    `watching` Array(Tuple(
        median_seconds Nullable(Float64),
        peak Nullable(UInt64),
        peak_at Nullable(Int64))) COMMENT 'One element as in the view computed_watching_at; empty: there is none',
    `room` Array(Tuple(
        in_room UInt64,
        waiting UInt64,
        registered UInt64,
        visits_all UInt64,
        walk_ins UInt64,
        stayed Array(UInt64),
        most_at_once Int64)) COMMENT 'One element as in the view rooms_at; empty: there is nobody',
    `timeline` Array(Tuple(
        minute Int32,
        in_room Int64,
        joins Int64,
        leaves Int64,
        registered Int64,
        watched Array(Int64),
        entered Int64)) COMMENT 'A row a minute as in the view timelines_at',
    `registered_minutes` Array(Tuple(
        minute DateTime('UTC'),
        registrations UInt64)) COMMENT 'Registrations of the last three hours, by minute'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY webinar_id
SETTINGS index_granularity = 64
COMMENT 'Each webinar as it stands now';

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

CREATE TABLE ended_timelines
(
    `webinar_id` String COMMENT 'A webinar that has ended',
    `written_at` DateTime64(3, 'UTC') COMMENT 'When, UTC; the later course replaces the earlier',
    `changes_until` DateTime64(3, 'UTC') COMMENT 'Which changes of its persons are in it for certain, UTC',
    `webinar_version` UInt64 COMMENT 'The version in webinars that it was made with',
    `rules_changed_at` DateTime64(3, 'UTC') COMMENT 'The rules that it was made with, UTC',
    `exclusions_version` UInt64 COMMENT 'The excluded domains that it was made with',
    `thresholds` LowCardinality(String) DEFAULT '300,1800' COMMENT 'Seconds of watch time that make the buckets that it was made for',
    `rows` Array(Tuple(
        minute Int32,
        in_room UInt32,
        registered UInt32,
        came UInt32,
        stayed_5m UInt32,
        stayed_30m UInt32,
        entered UInt32)) COMMENT 'The same in rows of before course; no longer written',
    `timeline` Array(Tuple(
        minute Int32,
        in_room UInt32,
        registered UInt32,
        watched Array(UInt32),
        entered UInt32)) DEFAULT arrayMap(row -> (row.minute, row.in_room, row.registered, [row.came, row.stayed_5m, row.stayed_30m], row.entered), rows) COMMENT 'A row a minute from 30 before its begin to its end, as in the view courses_at; watched: came, then stayed so long by each threshold'
)
ENGINE = ReplacingMergeTree(written_at)
ORDER BY webinar_id
SETTINGS index_granularity = 64
COMMENT 'The course of webinars that have ended, minute by minute; what is usual is read from it';

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
TTL minute + toIntervalDay(400)
SETTINGS index_granularity = 8192
COMMENT 'What became queryable each minute; kept by the view event_minutes_of_events';

CREATE TABLE events
(
    `webinar_id` String COMMENT 'The webinar it is about' CODEC(ZSTD(1)),
    `event_id` String COMMENT 'As given by the connector; deterministic' CODEC(ZSTD(1)),
    `content` UInt64 MATERIALIZED cityHash64(replaceRegexpOne(event, '"received_at"\\s*:\\s*"[^"]*"', '')) COMMENT 'Hash of the event without received_at: two contents under one id are two events' CODEC(NONE),
    `topic` LowCardinality(String) COMMENT 'Kafka topic of the first copy kept',
    `partition` UInt16 COMMENT 'Kafka partition',
    `offset` UInt64 COMMENT 'Kafka offset' CODEC(T64, ZSTD(1)),
    `written_at` Int64 COMMENT 'Kafka timestamp of the record, ms since 1970 UTC' CODEC(T64, ZSTD(1)),
    `inserted_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it became queryable, UTC' CODEC(T64, ZSTD(1)),
    `event` String COMMENT 'The record as it was published, JSON' CODEC(ZSTD(3)),
    INDEX inserted_at_range inserted_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, event_id, content)
SETTINGS index_granularity = 8192, min_compress_block_size = 1048576, max_compress_block_size = 4194304
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
    `baseline` Nullable(Float64) COMMENT 'The number as it usually is',
    `sentence` String COMMENT 'In one plain sentence: what, and the reason',
    `reasons` String COMMENT 'The computation, JSON',
    `evaluated_at` DateTime64(3, 'UTC') COMMENT 'When, UTC; the later evaluation replaces the earlier'
)
ENGINE = ReplacingMergeTree(evaluated_at)
ORDER BY finding_id
SETTINGS index_granularity = 8192
COMMENT 'What is unusual about webinars, with the reason';

CREATE TABLE forgotten
(
    `forgotten_id` String COMMENT 'f_ = hash of a person_id that is kept nowhere else (contract/forgotten.py)',
    `forgotten_at` SimpleAggregateFunction(min, DateTime64(3, 'UTC')) DEFAULT now64(3) COMMENT 'When a worker first learned of it, UTC'
)
ENGINE = AggregatingMergeTree
ORDER BY forgotten_id
SETTINGS index_granularity = 8192
COMMENT 'Hashes of the ids of persons that were forgotten, and when';

CREATE TABLE funnel_snapshots
(
    `taken_at` DateTime64(3, 'UTC') COMMENT 'When, UTC',
    `webinar_id` String COMMENT 'A webinar that was live then',
    `source_group` String COMMENT 'Source group as sorted then',
    `registrations` UInt64 COMMENT 'Registered',
    `visits_all` UInt64 COMMENT 'Opened the room',
    `visits` UInt64 COMMENT 'Came',
    `visits_5m` Nullable(UInt64) COMMENT 'Stayed 5 min, in rows of before stayed; no longer written',
    `visits_30m` Nullable(UInt64) COMMENT 'Stayed 30 min, in rows of before stayed; no longer written',
    `walk_ins` UInt64 COMMENT 'Came without registering',
    `registered_visits` UInt64 COMMENT 'Came, of the registered',
    `registered_visits_5m` Nullable(UInt64) COMMENT 'Stayed 5 min, of the registered, in rows of before stayed; no longer written',
    `registered_visits_30m` Nullable(UInt64) COMMENT 'Stayed 30 min, of the registered, in rows of before stayed; no longer written',
    `thresholds` LowCardinality(String) DEFAULT '300,1800' COMMENT 'Seconds of watch time that make its buckets',
    `stayed` Array(Nullable(UInt64)) DEFAULT [visits_5m, visits_30m] COMMENT 'How many stayed so long, by thresholds',
    `registered_stayed` Array(Nullable(UInt64)) DEFAULT [registered_visits_5m, registered_visits_30m] COMMENT 'The same of the registered'
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, taken_at, source_group)
SETTINGS index_granularity = 8192
COMMENT 'Funnels of live webinars as they were known at that moment';

CREATE TABLE job_turns
(
    `job` LowCardinality(String) COMMENT 'Which job, in words',
    `ended_at` Int64 COMMENT 'When the turn ended, ms since 1970 UTC',
    `seconds` Float64 COMMENT 'How long it took',
    `failures` UInt32 COMMENT 'How many turns in a row had failed by then; 0 = it worked',
    `error` String COMMENT 'Why it failed, one line; empty: it worked'
)
ENGINE = ReplacingMergeTree
ORDER BY (job, ended_at)
TTL toDateTime(intDiv(ended_at, 1000), 'UTC') + toIntervalDay(30)
SETTINGS index_granularity = 8192
COMMENT 'How the jobs about all webinars went';

CREATE TABLE judgements
(
    `webinar_id` String COMMENT 'The webinar',
    `state` LowCardinality(String) COMMENT 'ended, live or upcoming: how it was looked at',
    `moment` Int64 COMMENT 'When it was looked at while live or upcoming, ms since 1970 UTC; 0 of an ended one, which has one row',
    `valid_from` Int64 COMMENT 'From when on it may be shown, ms since 1970 UTC: the end of an ended one, else moment; 9999999999999 = no longer',
    `judged_at` DateTime64(3, 'UTC') COMMENT 'When it was computed, UTC; the later replaces the earlier',
    `made_of` String COMMENT 'Fingerprint of all that an ended one rests on: while it is the same, it is not judged anew',
    `why` String COMMENT 'Why its rates are not judged; empty: they are',
    `why_registrations` String COMMENT 'Why its registrations are not judged; empty: they are',
    `found` Array(Tuple(
        String,
        String,
        Float64,
        Float64,
        Float64,
        Float64,
        Int64,
        String)) COMMENT 'What lies outside its typical band: (kind, metric, value, typical, low, high, since when in ms, one sentence with the main cause); kind: drop, rise, standout, empty_room, no_events or pace',
    `growth` Array(Tuple(
        UInt16,
        Int32)) COMMENT 'Of an ended one: how its registrations came about, (whole hours before its begin, how many)'
)
ENGINE = ReplacingMergeTree(judged_at)
ORDER BY (webinar_id, state, moment)
SETTINGS index_granularity = 8192
COMMENT 'What is judged of each webinar beside the ones like it, and why something is not';

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
    `baseline_now` Nullable(Float64) COMMENT 'Usually registered at the same time before the start',
    `expected` Nullable(Float64) COMMENT 'The final number to be expected',
    `expected_low` Nullable(Float64) COMMENT 'Lower end of its range',
    `expected_high` Nullable(Float64) COMMENT 'Upper end of its range',
    `baseline_final` Nullable(Float64) COMMENT 'The usual final number',
    `n` UInt16 COMMENT 'Of so many earlier webinars'
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, evaluated_at)
SETTINGS index_granularity = 8192
COMMENT 'How registrations for upcoming webinars come in, beside the usual';

CREATE TABLE person_registrations
(
    `person_id` String COMMENT 'p_ or r_ as in persons',
    `webinar_id` String COMMENT 'A webinar that they registered for',
    `made_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When, UTC; the later row replaces the earlier',
    `counts` Bool COMMENT 'False: a linked id, a host, a panelist or a test',
    `first_at` Int64 COMMENT 'Its first registration, ms since 1970 UTC'
)
ENGINE = ReplacingMergeTree(made_at)
ORDER BY (person_id, webinar_id)
SETTINGS index_granularity = 256
COMMENT 'What each person registered for: who is new and who returns';

CREATE TABLE persons
(
    `webinar_id` String COMMENT 'The webinar',
    `person_id` String COMMENT 'p_ = keyed hash of the email, r_ = of the registrant id',
    `version` UInt64 COMMENT 'streams/row.py, version: epoch, generation of the consumer group, sum of the offsets in state',
    `same_as` String COMMENT 'An r_ that was linked: the p_ it counts as; then it has no numbers of its own',
    `excluded` Bool COMMENT 'Host, panelist or test: in no number',
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
    `reached_5m_at` Int64 DEFAULT 9999999999999 COMMENT 'When watch time reaches 300 s, in rows of before reached_at; no longer written',
    `reached_30m_at` Int64 DEFAULT 9999999999999 COMMENT 'When watch time reaches 1,800 s, in rows of before reached_at; no longer written',
    `reached_at` Array(Int64) DEFAULT [reached_5m_at, reached_30m_at] COMMENT 'When watch time reaches each of the thresholds',
    `thresholds` LowCardinality(String) DEFAULT '300,1800' COMMENT 'Seconds of watch time that reached_at was computed for',
    `summary_at` Int64 COMMENT 'From when on the service\'s summary counts',
    `summary_seconds` Int64 COMMENT 'Watch time by the service\'s summary',
    `recording_view_at` Array(Int64) COMMENT 'Recording views',
    `state` String COMMENT 'The person\'s own state, JSON (streams/person.py)' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (webinar_id, person_id)
SETTINGS index_granularity = 1024
COMMENT 'Persons in webinars: state and row';

CREATE TABLE probes
(
    `partition` UInt16 COMMENT 'Kafka partition',
    `partitions` UInt16 COMMENT 'How many partitions there are',
    `sent_at` Int64 COMMENT 'When it was sent, ms since 1970 UTC',
    `inserted_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it became queryable'
)
ENGINE = ReplacingMergeTree(sent_at)
ORDER BY partition
SETTINGS index_granularity = 8192
COMMENT 'The newest probe event of each partition';

CREATE TABLE rules
(
    `id` UInt8 DEFAULT 1 COMMENT 'Always 1: the table has one row',
    `default_duration_ms` Int64 COMMENT 'Planned length of a webinar whose length nobody said',
    `live_grace_ms` Int64 COMMENT 'How long after its planned end a webinar may still be said to be live',
    `full_percent` UInt8 COMMENT 'Share of the webinar that counts as watched in full',
    `matched_percent` UInt8 DEFAULT 50 COMMENT 'Where a smaller share of those who opened the room is registered, the conversion is doubtful',
    `thresholds` String DEFAULT '300,1800' COMMENT 'Seconds of watch time that make the buckets, ascending',
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
    `thresholds` LowCardinality(String) DEFAULT '300,1800' COMMENT 'Seconds of watch time that make the buckets that it was counted in',
    `source` Array(String) COMMENT 'The sources of its persons, keys in sources',
    `counts` Array(Array(UInt64)) COMMENT 'For each of these sources the counts of the view computed_counts_at',
    `watching` Array(Tuple(
        median_seconds Nullable(Float64),
        peak Nullable(UInt64),
        peak_at Nullable(Int64))) COMMENT 'One element as in the view computed_watching_at: the median watch time, the most people at one instant, the earliest such instant (ms since 1970 UTC); empty where that was not counted'
)
ENGINE = ReplacingMergeTree(settled_at)
ORDER BY webinar_id
SETTINGS index_granularity = 8192
COMMENT 'Counts by source of webinars that are over and no longer change';

CREATE TABLE settled_letters
(
    `topic` LowCardinality(String) COMMENT 'As in dead_letters, with the three below',
    `partition` UInt16 COMMENT 'Kafka partition',
    `offset` UInt64 COMMENT 'Kafka offset',
    `written_at` Int64 COMMENT 'Kafka timestamp of the record, ms since 1970 UTC',
    `settled` LowCardinality(String) COMMENT 'replayed: its bytes were published again; discarded: they never will be',
    `settled_at` Int64 COMMENT 'When, ms since 1970 UTC'
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition, offset, written_at)
SETTINGS index_granularity = 8192
COMMENT 'Dead letters that were replayed or discarded';

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
    `visits_5m` Nullable(UInt64) COMMENT 'Stayed 5 min, in rows of before stayed; no longer written',
    `visits_30m` Nullable(UInt64) COMMENT 'Stayed 30 min, in rows of before stayed; no longer written',
    `stayed` Map(UInt32, UInt64) DEFAULT CAST(mapFilter((seconds, people) -> (people >= 0), map(toUInt32(300), ifNull(toInt64(visits_5m), -1), toUInt32(1800), ifNull(toInt64(visits_30m), -1))), 'Map(UInt32, UInt64)') COMMENT 'How many stayed so many seconds, as said',
    `visits_full` Nullable(UInt64) COMMENT 'Watched 90 %',
    `recording_views` Nullable(UInt64) COMMENT 'Recording views',
    `page_views` Nullable(UInt64) COMMENT 'Views of the registration page',
    `invited` Nullable(UInt64) COMMENT 'Invited',
    `page_views_by_source` Array(Tuple(
        String,
        UInt64)) COMMENT 'Views of the registration page by source, each a key of the table sources; empty: not told'
)
ENGINE = ReplacingMergeTree
ORDER BY (webinar_id, reported_by, reported_at, event_id, content)
SETTINGS index_granularity = 8192
COMMENT 'Totals that services report themselves';

CREATE TABLE webinar_changes
(
    `webinar_id` String COMMENT 'The webinar',
    `changed_at` SimpleAggregateFunction(max, DateTime64(3, 'UTC')) COMMENT 'When a row of its persons was last inserted, by the server\'s clock, UTC',
    `latest_at` SimpleAggregateFunction(max, Int64) COMMENT 'The latest instant on which its numbers depend beside its begin and end, ms since 1970 UTC',
    `inserts` SimpleAggregateFunction(sum, UInt64) COMMENT 'How many inserts brought rows of its persons; queryable after those rows'
)
ENGINE = AggregatingMergeTree
ORDER BY webinar_id
SETTINGS index_granularity = 8192
COMMENT 'When the persons of a webinar last changed; kept by the view webinar_changes_of_persons';

CREATE TABLE webinar_instants
(
    `webinar_id` String COMMENT '<platform>:<id>[:<occurrence>]',
    `version` UInt64 COMMENT 'That of the row of webinars that it was made from',
    `rules_changed_at` DateTime64(3, 'UTC') COMMENT 'The rules that it was made with',
    `platform` LowCardinality(String) COMMENT 'The service where people meet',
    `title` String COMMENT 'Empty: not said',
    `course` LowCardinality(String) COMMENT 'Empty: not said',
    `language` LowCardinality(String) COMMENT 'Empty: not said',
    `region` LowCardinality(String) COMMENT 'Empty: not said',
    `format` LowCardinality(String) COMMENT 'live, recorded, or empty: not said',
    `status` LowCardinality(String) COMMENT 'scheduled, live, ended, cancelled, or empty: not said',
    `timezone` LowCardinality(String) COMMENT 'IANA name as said',
    `zone_known` Bool COMMENT 'False: no zone said, or an unknown one; the default zone was used',
    `tells` Array(LowCardinality(String)) COMMENT 'What the service can tell',
    `starts_at` Int64 COMMENT 'Planned start, ms since 1970 UTC; 9999999999999 = never or not said, as in every instant here',
    `duration_ms` Int64 COMMENT 'Planned length in ms; -1 = not said',
    `begin_known_from` Int64 COMMENT 'From when on begin_at is its begin; before, nobody knows whether it begins',
    `begin_at` Int64 COMMENT 'Its begin',
    `begun_from` Int64 COMMENT 'From when on it has begun',
    `first_ended_from` Int64 COMMENT 'From when on it had ended at first_end_at, where an end was said before the one that counts',
    `first_end_at` Int64 COMMENT 'That earlier end',
    `ended_from` Int64 COMMENT 'From when on it has ended at end_at; what is said later may change that, the passing of time does not',
    `end_at` Int64 COMMENT 'Its end, not before its begin',
    `completed_at` Int64 COMMENT 'When the import after the end was complete',
    `full_percent` UInt8 COMMENT 'Share of the webinar that counts as watched in full',
    `matched_percent` UInt8 COMMENT 'Where a smaller share of those who opened the room is registered, the conversion is doubtful',
    `local` Array(Tuple(
        time Nullable(DateTime64(3, 'UTC')),
        week Nullable(String),
        weekday Nullable(UInt8),
        hour Nullable(UInt8))) COMMENT 'Its planned start, then its begin, on the local wall clock'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY webinar_id
SETTINGS index_granularity = 8192
COMMENT 'Webinars with the instants at which their state changes';

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

CREATE TABLE worker_runs
(
    `worker` LowCardinality(String) COMMENT 'Its name, such as worker-1, the same in each of its runs',
    `host` LowCardinality(String) COMMENT 'The machine or container',
    `began_at` Int64 COMMENT 'When the run began, ms since 1970 UTC',
    `seen_at` Int64 COMMENT 'When it said this, ms since 1970 UTC',
    `told_to_end` UInt8 COMMENT '1 = its last word: it ends because it was told to',
    `fails` UInt8 COMMENT '1 = something failed by then',
    `failed_at` Int64 COMMENT 'When something in this run failed last, ms since 1970 UTC; 0 = nothing did',
    `error` String COMMENT 'What, in one line',
    `former_error` String COMMENT 'Why the run before it ended, as whoever started it again says; empty: nobody said'
)
ENGINE = ReplacingMergeTree(seen_at)
ORDER BY (worker, host, began_at)
TTL toDateTime(intDiv(seen_at, 1000), 'UTC') + toIntervalDay(30)
SETTINGS index_granularity = 8192
COMMENT 'Runs of the workers';

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

CREATE MATERIALIZED VIEW webinar_changes_of_persons TO webinar_changes
(
    `webinar_id` String,
    `changed_at` DateTime64(3, 'UTC'),
    `latest_at` Int64,
    `inserts` UInt64
)
AS SELECT
    webinar_id,
    now64(3, 'UTC') AS changed_at,
    max(greatest(arrayMax(arrayPushBack(registration_at, 0)), arrayMax(arrayPushBack(recording_view_at, 0)), if(first_session_at < 9999999999999, first_session_at, 0), if(first_open_session_at < 9999999999999, first_open_session_at, 0), if(summary_at < 9999999999999, summary_at, 0))) AS latest_at,
    toUInt64(1) AS inserts
FROM persons
GROUP BY webinar_id;

CREATE MATERIALIZED VIEW webinar_instants_of_webinars TO webinar_instants
(
    `webinar_id` String,
    `version` UInt64,
    `rules_changed_at` DateTime64(3, 'UTC'),
    `platform` String,
    `title` String,
    `course` LowCardinality(String),
    `language` LowCardinality(String),
    `region` LowCardinality(String),
    `format` LowCardinality(String),
    `status` LowCardinality(String),
    `timezone` LowCardinality(String),
    `zone_known` Bool,
    `tells` Array(LowCardinality(String)),
    `starts_at` Int64,
    `duration_ms` Int64,
    `begin_known_from` Int64,
    `begin_at` Int64,
    `begun_from` Int64,
    `first_ended_from` Int64,
    `first_end_at` Int64,
    `ended_from` Int64,
    `end_at` Int64,
    `completed_at` Int64,
    `full_percent` UInt8,
    `matched_percent` UInt8,
    `local` Array(Tuple(
        time Nullable(DateTime64(3, 'UTC')),
        week Nullable(String),
        weekday Nullable(UInt8),
        hour Nullable(UInt8)))
)
AS SELECT
    webinar_id,
    version,
    rules_changed_at,
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
    duration_ms,
    begin_known_from,
    begin_at,
    if(status = 'cancelled', 9999999999999, greatest(begin_known_from, begin_at)) AS begun_from,
    if(end_counts AND (status = 'ended'), said_end, 9999999999999) AS first_ended_from,
    greatest(said_end, begin_at) AS first_end_at,
    multiIf(end_counts, ended_at, status = 'ended', said_end, status = 'live', planned_end + live_grace_ms, planned_end) AS ended_from,
    greatest(multiIf(end_counts, ended_at, status = 'ended', said_end, planned_end), begin_at) AS end_at,
    completed_at,
    full_percent,
    matched_percent,
    CAST(arrayMap(local_ms -> (fromUnixTimestamp64Milli(nullIf(local_ms, 9999999999999), 'UTC') AS time, concat(toString(toISOYear(time)), '-W', leftPad(toString(toISOWeek(time)), 2, '0')), toDayOfWeek(time), toHour(time)), [local_starts_at, local_begin]), 'Array(Tuple(time Nullable(DateTime64(3, \'UTC\')), week Nullable(String), weekday Nullable(UInt8), hour Nullable(UInt8)))') AS local
FROM
(
    SELECT
        *,
        if(duration_ms >= 0, duration_ms, default_duration_ms) AS length_ms,
        (ended_at < 9999999999999) AND (NOT ((status = 'live') AND (status_said_at > ended_at))) AS end_counts,
        if(started_at < 9999999999999, started_at, starts_at) AS begin_at,
        multiIf(started_at < 9999999999999, 0, (NOT has(tells, 'starts')) OR (status = 'ended') OR (ended_at < 9999999999999), 0, status != 'live', starts_at + length_ms, 9999999999999) AS begin_known_from,
        multiIf(end_counts, ended_at, ended_at < 9999999999999, greatest(begin_at + length_ms, ended_at), begin_at + length_ms) AS planned_end,
        least(planned_end, status_said_at) AS said_end
    FROM
    (
        SELECT
            webinar_id,
            version,
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
            started_at,
            ended_at,
            completed_at,
            local_begin,
            local_starts_at
        FROM webinars
    ) AS webinar
    CROSS JOIN
    (
        SELECT
            default_duration_ms,
            live_grace_ms,
            full_percent,
            matched_percent,
            changed_at AS rules_changed_at
        FROM rules
        FINAL
    ) AS rules
);
