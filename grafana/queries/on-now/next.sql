SELECT concat({shortened title}, ' · ', {day_and_time local_time}, zone, ' · in ',
    if(in_minutes < 120, concat(toString(in_minutes), ' min'),
        if(in_minutes < 2880, concat(toString(intDiv(in_minutes, 60)), ' h'), concat(toString(intDiv(in_minutes, 1440)), ' days')))) AS next
FROM
(
    SELECT
        webinar.title AS title,
        webinar.local_time AS local_time,
        place.zone AS zone,
        intDiv(webinar.begin_ms - toUnixTimestamp64Milli({shared_at}), 60000) AS in_minutes
    FROM webinar_list(at = {shared_at}) AS webinar
    LEFT JOIN zones AS place ON place.webinar_id = webinar.webinar_id
    WHERE webinar.completeness = 'upcoming' AND webinar.begin_ms > toUnixTimestamp64Milli({shared_at})
        AND webinar.begin_ms < {never} AND {webinar_filters}
    ORDER BY webinar.begin_ms, webinar.webinar_id
    LIMIT 1
)
