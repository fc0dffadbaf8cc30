SELECT DISTINCT
    noted_from AS time,
    noted_until AS timeEnd,
    text
FROM notes_at(at = {range_or_now})
WHERE webinar_id = {chosen webinar}
ORDER BY time
