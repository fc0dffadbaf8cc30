SELECT 'funnel alerts watch' AS process, if(evaluated IS NULL, 99999., dateDiff('second', assumeNotNull(evaluated), toTimeZone(least(now64(3), $__toTime_ms), 'UTC')) / 60) AS minutes
FROM operation_at(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC'))
