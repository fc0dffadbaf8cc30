SELECT sentence
FROM unusual_at(at = {range_or_now})
WHERE webinar_id = ${webinar:singlequote}
ORDER BY since
