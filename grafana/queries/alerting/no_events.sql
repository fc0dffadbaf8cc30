SELECT webinar_id, title, course, region, language, sentence, size
FROM alert_rows(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC'))
WHERE kind = 'no_events'
ORDER BY webinar_id
