SELECT DISTINCT
    intDiv(toUnixTimestamp64Milli(note.noted_from) - begin.begin_ms, 60000) AS minute,
    intDiv(toUnixTimestamp64Milli(note.noted_until) - begin.begin_ms, 60000) AS until_minute,
    note.text AS text
FROM notes_at(at = {range_or_now}) AS note
INNER JOIN begins_at(at = {range_or_now}) AS begin ON begin.webinar_id = note.webinar_id
WHERE note.webinar_id = {chosen webinar}
ORDER BY minute, text
