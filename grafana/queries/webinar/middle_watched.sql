SELECT quantileExactOrNull(0.5)(watch_seconds) AS middle_watched
FROM watched_at(at = {range_or_now})
WHERE webinar_id = ${webinar:singlequote}
