SELECT
    count() AS webinars,
    sumOrNull(numbers.registrations) AS registrations,
    sumOrNull(numbers.registered_visits) AS registered_visits,
    sumIf(numbers.registered_visits, numbers.begun) / nullIf(sumIf(numbers.registrations, numbers.begun), 0)
        AS conversion
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
