SELECT toUnixTimestamp64Milli(created) AS created, title, channel, outcome, attempts, detail
FROM undelivered_at(at = {at})
ORDER BY created DESC, channel, title
LIMIT 50
