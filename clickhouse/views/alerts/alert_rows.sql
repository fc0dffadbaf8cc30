-- What alert rules look at: one row a kind and webinar that could be an alarm now, the size of it as a number (0: as
-- usual), everything else as text. Rows for all webinars looked at, so that a rule never runs dry while one is on.
CREATE OR REPLACE VIEW alert_rows AS
SELECT
    kinds.kind AS kind,
    held.webinar_id AS webinar_id,
    held.title AS title,
    held.course AS course,
    held.region AS region,
    held.language AS language,
    ifNull(unusual.sentence, '') AS sentence,
    multiIf(
        unusual.finding_id = '', 0.,
        kinds.kind = 'drop', greatest(100 * (ifNull(unusual.baseline, 0) - ifNull(unusual.value, 0)), 0.1),
        kinds.kind = 'pace', greatest(ifNull(unusual.baseline, 0) - ifNull(unusual.value, 0), 0.1),
        1.) AS size
FROM
(
    SELECT * FROM held(at = {at:DateTime64(3, 'UTC')})
    WHERE begin_ms <= {at_ms} + 14 * 86400000
        AND ended_ms >= {at_ms} - 86400000
) AS held
CROSS JOIN (SELECT arrayJoin(['drop', 'empty_room', 'no_events', 'pace']) AS kind) AS kinds
LEFT JOIN
(
    SELECT webinar_id, kind, any(finding_id) AS finding_id, argMax(sentence, since) AS sentence,
        argMax(baseline, since) AS baseline, argMax(value, since) AS value
    FROM alerts_at(at = {at:DateTime64(3, 'UTC')})
    WHERE webinar_id != ''
    GROUP BY webinar_id, kind
) AS unusual ON unusual.webinar_id = held.webinar_id AND unusual.kind = kinds.kind
WHERE if(kinds.kind = 'pace', NOT held.begun, held.begun AND (kinds.kind = 'drop' OR NOT held.ended))
UNION ALL
SELECT
    several.kind AS kind,
    several.finding_id AS webinar_id,
    several.name AS title,
    if(several.dimension = 'course', several.member, '') AS course,
    if(several.dimension = 'region', several.member, '') AS region,
    if(several.dimension = 'language', several.member, '') AS language,
    several.sentence AS sentence,
    greatest(100 * (ifNull(several.baseline, 0) - ifNull(several.value, 0)), 0.1) AS size
FROM alerts_at(at = {at:DateTime64(3, 'UTC')}) AS several
WHERE several.webinar_id = '' AND several.kind = 'drop';
