SELECT DISTINCT
    toUnixTimestamp64Milli(noted_from) AS time,
    toUnixTimestamp64Milli(noted_until) AS timeEnd,
    text
FROM notes_at(at = {range_or_now})
WHERE webinar_id = ${webinar:singlequote}
ORDER BY time
