SELECT minutes.minute AS time, minutes.platform AS platform, sum(minutes.events) / 60 AS Value
FROM event_minutes_at(at = {at}) AS minutes
WHERE $__timeFilter(minutes.minute)
GROUP BY time, platform
ORDER BY time, platform
