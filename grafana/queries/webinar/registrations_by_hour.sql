SELECT leftPad(toString(hours.hour), 2, '0') AS hour_of_day, counted.registrations AS registrations
FROM (SELECT arrayJoin(range(24)) AS hour) AS hours
LEFT JOIN
(
    SELECT toHour(local_time) AS hour, count() AS registrations
    FROM local_moments_at(at = {range_or_now}, webinar_id = {chosen webinar})
    WHERE what = 'registered'
    GROUP BY hour
) AS counted ON counted.hour = hours.hour
ORDER BY hours.hour
