SELECT
    shown.title AS title,
    concat(
        ifNull(replaceOne(formatDateTime(shown.local_time, '%a %e %b %Y, %H:%i'), '  ', ' '), 'n/a'),
        if(place.zone = '', ' (time zone not said)', concat(' ', {city place.zone}))) AS local_start,
    shown.region AS region,
    shown.course AS course,
    shown.language AS language,
    shown.format AS format,
    if(shown.completeness = 'upcoming' AND shown.begin_ms >= {never}, 'no_time', shown.completeness) AS completeness,
    multiIf(
        baseline.n = 0, 'No earlier webinar is like it',
        baseline.n < 5, concat('Only ', toString(baseline.n), ' like it: ', baseline.likeness),
        concat('Compared with the last ', toString(baseline.n), ' webinars of ', baseline.likeness)) AS likeness,
    shown.webinar_id AS webinar_id,
    shown.begin_ms - 900000 AS from_ms,
    if(shown.begun, shown.end_ms, shown.begin_ms + 3600000) + 900000 AS to_ms
FROM webinar_list(at = {range_or_now}) AS shown
LEFT JOIN
(
    SELECT webinar_id, if(zone_known, timezone, '') AS zone FROM webinars_at(at = {range_or_now})
) AS place ON place.webinar_id = shown.webinar_id
LEFT JOIN baselines AS baseline ON baseline.webinar_id = shown.webinar_id
WHERE shown.webinar_id = {chosen webinar}
