-- How long somebody has to stay to be counted is chosen by the company (contract/measures.py, docs/decisions/0034): the
-- tables hold any buckets, and each row says for which it was made. What does not say it was made for 300 and 1,800 s:
-- there were no others. The columns of those two stay, for the rows that were written with them.
ALTER TABLE rules ADD COLUMN IF NOT EXISTS thresholds String DEFAULT '300,1800'
    COMMENT 'Seconds of watch time that make the buckets, ascending' AFTER matched_percent;

ALTER TABLE persons
    ADD COLUMN IF NOT EXISTS reached_at Array(Int64) DEFAULT [reached_5m_at, reached_30m_at]
        COMMENT 'When watch time reaches each of the thresholds' AFTER reached_30m_at,
    ADD COLUMN IF NOT EXISTS thresholds LowCardinality(String) DEFAULT '300,1800'
        COMMENT 'Seconds of watch time that reached_at was computed for' AFTER reached_at;
ALTER TABLE persons
    MODIFY COLUMN reached_5m_at Int64 DEFAULT 9999999999999
        COMMENT 'When watch time reaches 300 s, in rows of before reached_at; no longer written',
    MODIFY COLUMN reached_30m_at Int64 DEFAULT 9999999999999
        COMMENT 'When watch time reaches 1,800 s, in rows of before reached_at; no longer written';

ALTER TABLE totals ADD COLUMN IF NOT EXISTS stayed Map(UInt32, UInt64)
    DEFAULT CAST(
        mapFilter(
            (seconds, people) -> people >= 0,
            map(toUInt32(300), ifNull(toInt64(visits_5m), -1), toUInt32(1800), ifNull(toInt64(visits_30m), -1))),
        'Map(UInt32, UInt64)')
    COMMENT 'How many stayed so many seconds, as said' AFTER visits_30m;
ALTER TABLE totals
    MODIFY COLUMN visits_5m Nullable(UInt64) COMMENT 'Stayed 5 min, in rows of before stayed; no longer written',
    MODIFY COLUMN visits_30m Nullable(UInt64) COMMENT 'Stayed 30 min, in rows of before stayed; no longer written';

ALTER TABLE settled_counts ADD COLUMN IF NOT EXISTS thresholds LowCardinality(String) DEFAULT '300,1800'
    COMMENT 'Seconds of watch time that make the buckets that it was counted in' AFTER exclusions_version;

ALTER TABLE ended_courses
    ADD COLUMN IF NOT EXISTS thresholds LowCardinality(String) DEFAULT '300,1800'
        COMMENT 'Seconds of watch time that make the buckets that it was made for' AFTER exclusions_version,
    ADD COLUMN IF NOT EXISTS course
        Array(Tuple(minute Int32, in_room UInt32, registered UInt32, watched Array(UInt32), entered UInt32))
        DEFAULT arrayMap(
            row -> (row.minute, row.in_room, row.registered, [row.came, row.stayed_5m, row.stayed_30m], row.entered),
            rows)
        COMMENT 'A row a minute from 30 before its begin to its end, as in the view courses_at; watched: came, then stayed so long by each threshold';
ALTER TABLE ended_courses MODIFY COLUMN rows
    COMMENT 'The same in rows of before course; no longer written';

ALTER TABLE usual_values ADD COLUMN IF NOT EXISTS stays
    Array(Tuple(UInt32, Nullable(Float64), Nullable(Float64), Nullable(Float64)))
    DEFAULT [
        (300, conversion_5m, conversion_5m_low, conversion_5m_high),
        (1800, conversion_30m, conversion_30m_low, conversion_30m_high)]
    COMMENT '(seconds, share, low, high) of each threshold: the share of the registered who stayed so long, usual at the end, and the range of what is usual'
    AFTER conversion_30m_high;
ALTER TABLE usual_values
    MODIFY COLUMN conversion_5m COMMENT 'Stayed 5 min, in rows of before stays; no longer written',
    MODIFY COLUMN conversion_30m COMMENT 'Stayed 30 min, in rows of before stays; no longer written';

ALTER TABLE funnel_snapshots
    ADD COLUMN IF NOT EXISTS thresholds LowCardinality(String) DEFAULT '300,1800'
        COMMENT 'Seconds of watch time that make its buckets',
    ADD COLUMN IF NOT EXISTS stayed Array(Nullable(UInt64)) DEFAULT [visits_5m, visits_30m]
        COMMENT 'How many stayed so long, by thresholds',
    ADD COLUMN IF NOT EXISTS registered_stayed Array(Nullable(UInt64))
        DEFAULT [registered_visits_5m, registered_visits_30m]
        COMMENT 'The same of the registered';
ALTER TABLE funnel_snapshots
    MODIFY COLUMN visits_5m COMMENT 'Stayed 5 min, in rows of before stayed; no longer written',
    MODIFY COLUMN visits_30m COMMENT 'Stayed 30 min, in rows of before stayed; no longer written',
    MODIFY COLUMN registered_visits_5m COMMENT 'Stayed 5 min, of the registered, in rows of before stayed; no longer written',
    MODIFY COLUMN registered_visits_30m COMMENT 'Stayed 30 min, of the registered, in rows of before stayed; no longer written';
