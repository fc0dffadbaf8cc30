SELECT formatDateTime(toDate(local_time), '%d %b') AS day, count() AS views
FROM local_moments_at(at = {range_or_now}, webinar_id = {chosen webinar})
WHERE what = 'recording'
GROUP BY toDate(local_time)
ORDER BY toDate(local_time)
LIMIT 31
