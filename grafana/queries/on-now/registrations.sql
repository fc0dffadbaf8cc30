SELECT
    toStartOfMinute(fromUnixTimestamp64Milli(stay.registered_since, 'UTC')) AS time,
    count() AS registrations
FROM stays_at(at = {shared_at}) AS stay
WHERE stay.webinar_id IN
    (
        SELECT webinar.webinar_id
        FROM webinar_list(at = {shared_at}) AS webinar
        WHERE webinar.completeness IN ('on_now', 'upcoming') AND {webinar_filters}
    )
    AND stay.registered_since >= toUnixTimestamp64Milli({shared_at} - INTERVAL 3 HOUR)
GROUP BY time
ORDER BY time WITH FILL
    FROM (toDateTime(toStartOfMinute({shared_at} - INTERVAL 3 HOUR), 'UTC')) TO toDateTime({shared_at}, 'UTC') STEP toIntervalMinute(1)
