SELECT 'workers' AS process, greatest(toFloat64(unread), 0.) AS records
FROM operation_at(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC'))
