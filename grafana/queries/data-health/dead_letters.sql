SELECT topic, reason, records, toUnixTimestamp64Milli(latest) AS latest, example
FROM dead_letters_at(at = {at})
ORDER BY records DESC, topic, reason
