SELECT sentence
FROM unusual_at(at = {range_or_now})
WHERE webinar_id = {chosen webinar}
ORDER BY since
