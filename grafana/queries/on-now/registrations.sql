SELECT lately.minute AS time, sum(lately.registrations) AS registrations
FROM registered_lately_at(at = {shared_at}) AS lately
WHERE lately.webinar_id IN
    (
        SELECT webinar.webinar_id
        FROM webinar_list(at = {shared_at}) AS webinar
        WHERE webinar.completeness IN ('on_now', 'upcoming') AND {webinar_filters}
    )
GROUP BY time
ORDER BY time WITH FILL
    FROM (toDateTime(toStartOfMinute({shared_at} - INTERVAL 3 HOUR), 'UTC')) TO toDateTime({shared_at}, 'UTC') STEP toIntervalMinute(1)
