SELECT
    -- Ten o'clock UTC: Monday from Hawaii to the Chatham Islands.
    toDateTime(monday, 'UTC') + INTERVAL 10 HOUR AS time,
    source_group,
    registrations AS Value
FROM
(
    SELECT
        toMonday(toDate32(webinar.local_time)) AS monday,
        webinar.source_group AS source_group,
        sum(webinar.numbers[{n.registrations}]) AS registrations
    FROM {numbers_of_both} AS webinar
    WHERE {weeks} AND webinar.completeness = 'final' AND {filters}
    GROUP BY monday, source_group
    HAVING registrations > 0
)
ORDER BY time, source_group
