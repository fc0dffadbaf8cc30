SELECT toString(intDiv(toUnixTimestamp64Milli(least(now64(3), $__toTime_ms)), 5000) * 5000) AS at
