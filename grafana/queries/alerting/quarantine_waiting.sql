SELECT toString(connector) AS connector, toString(reason) AS reason, toFloat64(sum(waiting)) AS pieces
FROM quarantine(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC'))
GROUP BY connector, reason
UNION ALL
SELECT 'none' AS connector, 'none' AS reason, 0. AS pieces
