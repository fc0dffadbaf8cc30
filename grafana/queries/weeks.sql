-- {weeks}: webinars of the whole weeks of the time range.
webinar.starts <= $__toTime_ms
    -- Whole weeks, from the one in which the range begins. The midnight of a Monday lies up to 14 hours before that of UTC.
    AND toDate32(webinar.local_time) >= toMonday(toDate32(toTimeZone($__fromTime_ms, 'UTC') + INTERVAL 14 HOUR))
