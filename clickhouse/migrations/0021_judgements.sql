-- What the workers judge of every webinar, ended, live and upcoming, whether or not `funnel alerts watch` runs
-- (streams/jobs/judging.py, docs/decisions/0036-judged-by-the-workers.md). Can be emptied at any time: what is said of
-- ended webinars is made anew; what was said while one ran or was coming is not.
CREATE TABLE IF NOT EXISTS judgements
(
    webinar_id String COMMENT 'The webinar',
    state LowCardinality(String) COMMENT 'ended, live or upcoming: how it was looked at',
    moment Int64 COMMENT 'When it was looked at while live or upcoming, ms since 1970 UTC; 0 of an ended one, which has one row',
    valid_from Int64 COMMENT 'From when on it may be shown, ms since 1970 UTC: the end of an ended one, else moment; 9999999999999 = no longer',
    judged_at DateTime64(3, 'UTC') COMMENT 'When it was computed, UTC; the later replaces the earlier',
    made_of String COMMENT 'Fingerprint of all that an ended one rests on: while it is the same, it is not judged anew',
    why String COMMENT 'Why its rates are not judged; empty: they are',
    why_registrations String COMMENT 'Why its registrations are not judged; empty: they are',
    found Array(Tuple(String, String, Float64, Float64, Float64, Float64, Int64, String))
        COMMENT 'What lies outside its typical band: (kind, metric, value, typical, low, high, since when in ms, one sentence with the main cause); kind: drop, rise, standout, empty_room, no_events or pace',
    growth Array(Tuple(UInt16, Int32))
        COMMENT 'Of an ended one: how its registrations came about, (whole hours before its begin, how many)'
)
ENGINE = ReplacingMergeTree(judged_at)
ORDER BY (webinar_id, state, moment)
COMMENT 'What is judged of each webinar beside the ones like it, and why something is not';
