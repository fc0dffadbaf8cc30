-- {at}: the end of the time range, or now if that is earlier.
toTimeZone(least(now64(3), $__toTime_ms), 'UTC')
