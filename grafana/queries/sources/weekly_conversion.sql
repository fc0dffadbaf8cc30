SELECT
    -- Ten o'clock UTC: Monday from Hawaii to the Chatham Islands.
    toDateTime(monday, 'UTC') + INTERVAL 10 HOUR AS time,
    source_group,
    if(of >= 30, 100 * part / of, NULL) AS Value
FROM
(
    SELECT
        toMonday(toDate32(webinar.local_time)) AS monday,
        webinar.source_group AS source_group,
        indexOf([{each step: 'conversion{ending}'}], {chosen step}) AS bucket,
        sum(webinar.numbers[{n.before.registrations_begun} + bucket]) AS of,
        sum(webinar.numbers[{n.before.registered_visits} + bucket]) AS part
    FROM {numbers_of_both} AS webinar
    WHERE {weeks} AND webinar.completeness = 'final' AND {filters}
    GROUP BY monday, source_group
    HAVING of > 0
)
ORDER BY time, source_group
