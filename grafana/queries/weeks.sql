webinar.starts <= $__toTime_ms
    -- Whole weeks, from the one in which the range begins. Half a day later, its Monday is Monday in every time zone.
    AND toDate32(webinar.local_time) >= toMonday(toDate32(toTimeZone($__fromTime_ms, 'UTC') + INTERVAL 12 HOUR))
