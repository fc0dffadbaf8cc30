SELECT
    local_start,
    weekday,
    title,
    region,
    course,
    language,
    format,
    platform,
    completeness,
    registrations,
    registered_visits,
    conversion,
    registered_visits_5m,
    conversion_5m,
    registered_visits_30m,
    conversion_30m,
    registered_visits_full,
    conversion_full,
    visits_all,
    walk_ins,
    registered_later,
    recording_viewers,
    recording_views,
    webinar_id
FROM schedule(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC'))
WHERE $__timeFilter_ms(starts)
    AND $__conditionalAll(region IN (${region:singlequote}), $region)
    AND $__conditionalAll(course IN (${course:singlequote}), $course)
    AND $__conditionalAll(language IN (${language:singlequote}), $language)
    AND $__conditionalAll(format IN (${format:singlequote}), $format)
    AND $__conditionalAll(platform IN (${platform:singlequote}), $platform)
    AND $__conditionalAll(completeness IN (${completeness:singlequote}), $completeness)
ORDER BY starts DESC, webinar_id
