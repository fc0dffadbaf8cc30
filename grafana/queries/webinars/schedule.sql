SELECT
    webinar.local_start AS local_start,
    webinar.weekday AS weekday,
    webinar.title AS title,
    webinar.region AS region,
    webinar.course AS course,
    webinar.language AS language,
    webinar.format AS format,
    webinar.platform AS platform,
    webinar.completeness AS completeness,
    numbers.registrations AS registrations,
    numbers.registered_visits AS registered_visits,
    numbers.conversion AS conversion,
    numbers.registered_visits_5m AS registered_visits_5m,
    numbers.conversion_5m AS conversion_5m,
    numbers.registered_visits_30m AS registered_visits_30m,
    numbers.conversion_30m AS conversion_30m,
    numbers.registered_visits_full AS registered_visits_full,
    numbers.conversion_full AS conversion_full,
    numbers.visits_all AS visits_all,
    numbers.walk_ins AS walk_ins,
    numbers.registered_later AS registered_later,
    numbers.recording_viewers AS recording_viewers,
    numbers.recording_views AS recording_views,
    webinar.webinar_id AS webinar_id
FROM webinar_list(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC')) AS webinar
INNER JOIN funnel(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC')) AS numbers
    ON numbers.webinar_id = webinar.webinar_id
WHERE $__timeFilter_ms(webinar.starts)
    AND $__conditionalAll(webinar.region IN (${region:singlequote}), $region)
    AND $__conditionalAll(webinar.course IN (${course:singlequote}), $course)
    AND $__conditionalAll(webinar.language IN (${language:singlequote}), $language)
    AND $__conditionalAll(webinar.format IN (${format:singlequote}), $format)
    AND $__conditionalAll(webinar.platform IN (${platform:singlequote}), $platform)
    AND $__conditionalAll(webinar.completeness IN (${completeness:singlequote}), $completeness)
ORDER BY webinar.starts DESC, webinar_id
