SELECT toUnixTimestamp64Milli(since) AS since, sentence
FROM alerts_off_at(at = {at})
WHERE {at} > now64(3) - INTERVAL 1 DAY
