SELECT
    count() AS webinars,
    sumOrNull(registrations) AS registrations,
    sumOrNull(registered_visits) AS registered_visits,
    sumOrNullIf(registered_visits, begun) / nullIf(sumIf(registrations, begun), 0) AS conversion
FROM schedule(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC'))
WHERE $__timeFilter_ms(starts)
    AND $__conditionalAll(region IN (${region:singlequote}), $region)
    AND $__conditionalAll(course IN (${course:singlequote}), $course)
    AND $__conditionalAll(language IN (${language:singlequote}), $language)
    AND $__conditionalAll(format IN (${format:singlequote}), $format)
    AND $__conditionalAll(platform IN (${platform:singlequote}), $platform)
    AND $__conditionalAll(completeness IN (${completeness:singlequote}), $completeness)
