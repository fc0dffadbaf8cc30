SELECT
    -- Ten o'clock UTC: Monday from Hawaii to the Chatham Islands.
    toDateTime(monday, 'UTC') + INTERVAL 10 HOUR AS time,
    of,
    if(value < 0, NULL, value) AS Value
FROM
(
    SELECT
        monday, of,
        {measure} AS value
    FROM
    (
        SELECT
            webinar.week AS week,
            arrayJoin(['Total', multiIf(
                {chosen by} = 'region', webinar.region,
                {chosen by} = 'course', webinar.course,
                {chosen by} = 'language', webinar.language,
                {chosen by} = 'platform', webinar.platform,
                webinar.format)]) AS of,
            uniqExactIf(webinar.webinar_id, webinar.ended) AS webinars,
            -- What runs is in no total: one that has just begun would pull the rate of its week down.
            sumForEachIf(webinar.numbers, webinar.ended) AS numbers,
            max(webinar.completeness IN ('upcoming', 'on_now', 'being_completed')
                OR toMonday(toDate32(webinar.local_time)) = toMonday(toDate32({at}))) AS unfinished,
            any(toMonday(toDate32(webinar.local_time))) AS monday
        FROM {numbers} AS webinar
        WHERE {weeks} AND {filters}
        GROUP BY week, of
        HAVING webinars > 0
    )
)
ORDER BY time, of != 'Total', of
