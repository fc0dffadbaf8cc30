SELECT 'funnel alerts watch' AS process, if(evaluated IS NULL, 99999., dateDiff('second', assumeNotNull(evaluated), toTimeZone(least(now64(3), $__toTime_ms), 'UTC')) / 60) AS minutes
FROM operation_at(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC'))
-- The other rules keep what they found last while their queries fail: what they read is read here too, so that this says so.
WHERE (SELECT count() FROM alert_rows(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC')))
    + (SELECT count() FROM dead_letters_lately(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC')))
    + (SELECT count() FROM quarantine(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC')))
    + (SELECT count() FROM jobs_at(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC'))) >= 0
