SELECT count() AS webinars
FROM webinar_list(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC')) AS webinar
WHERE webinar.starts IS NULL
    AND $__conditionalAll(webinar.region IN (${region:singlequote}), $region)
    AND $__conditionalAll(webinar.course IN (${course:singlequote}), $course)
    AND $__conditionalAll(webinar.language IN (${language:singlequote}), $language)
    AND $__conditionalAll(webinar.format IN (${format:singlequote}), $format)
    AND $__conditionalAll(webinar.platform IN (${platform:singlequote}), $platform)
    AND $__conditionalAll(webinar.completeness IN (${completeness:singlequote}), $completeness)
