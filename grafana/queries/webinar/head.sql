SELECT
    webinar.title AS title,
    concat(webinar.local_start, ' (', if(place.zone = '', 'time zone not said', place.zone), ')') AS local_start,
    webinar.weekday AS weekday,
    webinar.region AS region,
    webinar.course AS course,
    webinar.language AS language,
    webinar.format AS format,
    webinar.completeness AS completeness,
    if(usual.n = 0, 'n/a', concat('Usual (last ', toString(usual.n), ' like it): ', usual.likeness)) AS likeness,
    webinar.webinar_id AS webinar_id,
    webinar.begin_ms - 900000 AS from_ms,
    if(webinar.begun, webinar.end_ms, webinar.begin_ms + 3600000) + 900000 AS to_ms
FROM webinar_list(at = {range_or_now}) AS webinar
LEFT JOIN
(
    SELECT webinar_id, if(zone_known, timezone, '') AS zone FROM webinars_at(at = {range_or_now})
) AS place ON place.webinar_id = webinar.webinar_id
LEFT JOIN usual ON usual.webinar_id = webinar.webinar_id
WHERE webinar.webinar_id = ${webinar:singlequote}
