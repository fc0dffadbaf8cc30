SELECT webinar_id, title, course, region, language, sentence, size
FROM alert_rows(at = {at})
WHERE kind = 'no_events'
ORDER BY webinar_id
