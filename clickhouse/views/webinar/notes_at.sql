-- The notes that are known of at a moment, once for each webinar that they are about; webinar_id is empty where they
-- are about none. For marks on a time line: SELECT DISTINCT noted_from, noted_until, text.
CREATE OR REPLACE VIEW notes_at AS
SELECT
    note.note_id AS note_id,
    about.webinar_id AS webinar_id,
    fromUnixTimestamp64Milli(multiIf(
        note.minute_ms >= 0, about.begin_ms + note.minute_ms,
        note.noted_from >= 0, note.noted_from,
        about.begin_ms), 'UTC') AS noted_from,
    fromUnixTimestamp64Milli(multiIf(
        note.minute_ms >= 0, about.begin_ms + note.minute_ms,
        note.noted_from >= 0, note.noted_until,
        about.end_ms), 'UTC') AS noted_until,
    note.course AS course,
    note.region AS region,
    note.source_group AS source_group,
    note.text AS text,
    note.exclude AS exclude
FROM (SELECT *, {at_ms} AS at_ms FROM notes FINAL WHERE listed) AS note
LEFT JOIN
(
    SELECT note_id, webinar.webinar_id AS webinar_id, webinar.begin_ms AS begin_ms, webinar.end_ms AS end_ms
    FROM (SELECT * FROM notes FINAL WHERE listed) AS scope
    CROSS JOIN (SELECT * FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) WHERE begun) AS webinar
    WHERE (scope.webinar_id = '' OR scope.webinar_id = webinar.webinar_id)
        AND (scope.course = '' OR scope.course = webinar.course)
        AND (scope.region = '' OR scope.region = webinar.region)
        AND (scope.noted_from < 0
            OR (scope.noted_from <= webinar.end_ms AND scope.noted_until >= webinar.begin_ms))
) AS about ON about.note_id = note.note_id
-- A note of a minute or of a whole webinar has no time before the webinar has begun.
WHERE if(note.noted_from >= 0, note.noted_from <= note.at_ms,
    about.webinar_id != '' AND about.begin_ms + greatest(note.minute_ms, 0) <= note.at_ms);
