SELECT shown.webinar_id AS value, concat(
    ifNull(replaceOne(formatDateTime(shown.local_time, '%a %e %b %Y, %H:%i'), '  ', ' '), 'No start time'), ' · ', shown.title) AS label
FROM webinar_list(at = now64(3, 'UTC')) AS shown
ORDER BY shown.begin_ms > toUnixTimestamp64Milli(now64(3)), shown.begin_ms DESC, value
