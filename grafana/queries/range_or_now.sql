-- {range_or_now}: the moment that the page of a webinar is about, by its switch.
toTimeZone(if({chosen moment} = 'range', least(now64(3), $__toTime_ms), now64(3)), 'UTC')
