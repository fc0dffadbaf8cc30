SELECT
    concat(week, formatDateTime(monday, ' · %d %b'), if(max(unfinished) OVER (PARTITION BY week), ', unfinished', '')) AS week,
    of,
    value
FROM
(
    SELECT
        week, monday, of, unfinished,
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
            uniqExactIf(webinar.webinar_id, webinar.completeness != 'cancelled') AS webinars,
            sumForEach(webinar.numbers) AS numbers,
            max(webinar.completeness IN ('upcoming', 'on_now', 'being_completed')
                OR toMonday(toDate32(webinar.local_time)) = toMonday(toDate32({at}))) AS unfinished,
            any(toMonday(toDate32(webinar.local_time))) AS monday
        FROM {numbers} AS webinar
        WHERE {weeks} AND {filters}
        GROUP BY week, of
    )
)
ORDER BY week DESC, of != 'Total', of
