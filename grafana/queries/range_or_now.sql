toTimeZone(if({chosen moment} = 'range', least(now64(3), $__toTime_ms), now64(3)), 'UTC')
