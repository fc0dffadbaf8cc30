SELECT connector, form, waiting, toUnixTimestamp64Milli(since) AS since
FROM quarantine(at = {at})
WHERE form != ''
ORDER BY waiting DESC, connector, form
