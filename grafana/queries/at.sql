toTimeZone(least(now64(3), $__toTime_ms), 'UTC')
