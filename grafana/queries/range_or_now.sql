toTimeZone(if(${moment:singlequote} = 'range', least(now64(3), $__toTime_ms), now64(3)), 'UTC')
