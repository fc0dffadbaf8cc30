SELECT count() AS webinars
FROM webinar_list(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC'))
WHERE starts IS NULL
    AND $__conditionalAll(region IN (${region:singlequote}), $region)
    AND $__conditionalAll(course IN (${course:singlequote}), $course)
    AND $__conditionalAll(language IN (${language:singlequote}), $language)
    AND $__conditionalAll(format IN (${format:singlequote}), $format)
    AND $__conditionalAll(platform IN (${platform:singlequote}), $platform)
    AND $__conditionalAll(completeness IN (${completeness:singlequote}), $completeness)
