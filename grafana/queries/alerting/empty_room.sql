SELECT webinar_id, title, course, region, language, sentence, size
FROM alert_rows(at = {at})
WHERE kind = 'empty_room'
ORDER BY webinar_id
