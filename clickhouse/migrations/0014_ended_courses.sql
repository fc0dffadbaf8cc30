-- How each webinar that has ended went, minute by minute: what bands of the usual are made of, so that they cost a row a
-- webinar and not a row a person (docs/decisions/0016-ended-courses.md). Can be emptied at any time: it is filled anew.
CREATE TABLE IF NOT EXISTS ended_courses
(
    webinar_id String COMMENT 'A webinar that has ended',
    written_at DateTime64(3, 'UTC') COMMENT 'When, UTC; the later course replaces the earlier',
    changes_until DateTime64(3, 'UTC') COMMENT 'Which changes of its persons are in it for certain, UTC',
    webinar_version UInt64 COMMENT 'The version in webinars that it was made with',
    rules_changed_at DateTime64(3, 'UTC') COMMENT 'The rules that it was made with, UTC',
    exclusions_version UInt64 COMMENT 'The excluded domains that it was made with',
    rows Array(Tuple(
        minute Int32,
        in_room UInt32,
        registered UInt32,
        came UInt32,
        stayed_5m UInt32,
        stayed_30m UInt32,
        entered UInt32)) COMMENT 'A row a minute from 30 before its begin to its end, as in the view courses_at'
)
ENGINE = ReplacingMergeTree(written_at)
ORDER BY webinar_id
-- Rows are long and a dozen is asked for by name.
SETTINGS index_granularity = 64
COMMENT 'The course of webinars that have ended, minute by minute; what is usual is read from it';

-- Its place is taken by usual_course, which knows no moment.
DROP VIEW IF EXISTS usual_course_at;
