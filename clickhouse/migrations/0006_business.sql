-- What the business owns (docs/business-rules.md); written by `funnel business`, read by the views.
CREATE TABLE IF NOT EXISTS excluded_domains
(
    domain_id String COMMENT 'd_ = keyed hash of the domain: its people are in no number',
    excluded Bool COMMENT 'False: no longer',
    version UInt64 COMMENT 'The later wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY domain_id
COMMENT 'Email domains whose people are left out of every number';

CREATE TABLE IF NOT EXISTS notes
(
    note_id String COMMENT 'Hash of what the note says',
    noted_from Int64 COMMENT 'From when, ms since 1970 UTC; -1 = the whole webinar, or its minute',
    noted_until Int64 COMMENT 'Until when, ms since 1970 UTC; the same as noted_from: a moment',
    minute_ms Int64 COMMENT 'Ms after the begin of the webinar; -1 = not said',
    webinar_id String COMMENT 'Only this webinar; empty: any',
    course String COMMENT 'Only this course; empty: any',
    region String COMMENT 'Only this region; empty: any',
    source_group String COMMENT 'Only this source group; empty: any',
    text String COMMENT 'What people should know',
    exclude Bool COMMENT 'The webinars it is about are left out of what is usual',
    listed Bool COMMENT 'False: no longer in the file',
    version UInt64 COMMENT 'The later wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY note_id
COMMENT 'What the business noted: launches, trouble, offers';

ALTER TABLE rules ADD COLUMN IF NOT EXISTS matched_percent UInt8 DEFAULT 50 COMMENT 'Where a smaller share of those who opened the room is registered, the conversion is doubtful' AFTER full_percent;
