SELECT
    concat(week, formatDateTime(monday, ' · %d %b'),
        multiIf(live, ', live so far', max(unfinished) OVER (PARTITION BY week), ', unfinished', '')) AS week,
    of,
    value
FROM
(
    SELECT
        week, monday, of, live, unfinished,
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
            -- What runs is shown apart: one that has just begun would pull the rate of its week down.
            webinar.completeness = 'on_now' AS live,
            uniqExactIf(webinar.webinar_id, webinar.ended OR live) AS webinars,
            sumForEachIf(webinar.numbers, webinar.ended OR live) AS numbers,
            max(webinar.completeness IN ('upcoming', 'on_now', 'being_completed')
                OR toMonday(toDate32(webinar.local_time)) = toMonday(toDate32({at}))) AS unfinished,
            any(toMonday(toDate32(webinar.local_time))) AS monday
        FROM {numbers} AS webinar
        WHERE {weeks} AND {filters}
        GROUP BY week, of, live
        HAVING webinars > 0
    )
)
ORDER BY week DESC, of != 'Total', of
