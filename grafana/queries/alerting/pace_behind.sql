SELECT webinar_id, title, course, region, language, sentence, size
FROM alert_rows(at = {at})
WHERE kind = 'pace'
ORDER BY webinar_id
