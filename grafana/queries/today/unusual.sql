SELECT
    if(webinar.title = '', 'Several together', concat(webinar.title, ' · ', webinar.local_start)) AS webinar_name,
    unusual.sentence AS sentence,
    toUnixTimestamp64Milli(unusual.since) AS since,
    unusual.webinar_id AS webinar_id,
    webinar.begin_ms - 900000 AS from_ms,
    webinar.end_ms + 900000 AS to_ms
FROM unusual_at(at = {at}) AS unusual
LEFT JOIN webinar_list(at = {at}) AS webinar ON webinar.webinar_id = unusual.webinar_id
WHERE unusual.since > {at} - INTERVAL 7 DAY AND {webinar_filters}
ORDER BY since DESC
LIMIT 30
