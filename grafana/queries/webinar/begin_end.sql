SELECT
    fromUnixTimestamp64Milli(if(boundary = 'Begin', begin_ms, end_ms), 'UTC') AS time,
    boundary AS text
FROM webinars_at(at = {range_or_now})
ARRAY JOIN ['Begin', 'End'] AS boundary
WHERE webinar_id = {chosen webinar} AND begun AND (ended OR boundary = 'Begin')
