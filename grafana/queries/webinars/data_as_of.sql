SELECT toUnixTimestamp64Milli(data_as_of) AS data_as_of
FROM data_as_of(at = toTimeZone(least(now64(3), $__toTime_ms), 'UTC'))
