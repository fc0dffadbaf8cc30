SELECT webinar.webinar_id AS value, concat(webinar.local_start, ' · ', webinar.title) AS label
FROM webinar_list(at = now64(3, 'UTC')) AS webinar
ORDER BY webinar.begin_ms > toUnixTimestamp64Milli(now64(3)), webinar.begin_ms DESC, value
