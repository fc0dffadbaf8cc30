SELECT formatDateTime(date, '%d %b') AS day, registrations
FROM
(
    SELECT toDate(local_time) AS date, count() AS registrations
    FROM local_moments_at(at = {range_or_now}, webinar_id = {chosen webinar})
    WHERE what = 'registered'
    GROUP BY date
    ORDER BY date DESC
    LIMIT 31
)
ORDER BY date
