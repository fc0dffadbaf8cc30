SELECT webinar_id, title, course, region, language, sentence, size
FROM alert_rows(at = {at})
WHERE kind = 'drop'
ORDER BY webinar_id
