-- What both charts of the weeks show: one question for the two of them.
SELECT
    -- Ten o'clock UTC: Monday from Hawaii to the Chatham Islands.
    toDateTime(monday, 'UTC') + INTERVAL 10 HOUR AS time,
    {source_name source_group} AS source_name,
    if(of >= 30, 100 * part / of, NULL) AS rate,
    registered AS registrants
FROM
(
    SELECT
        monday,
        source_group,
        indexOf([{each step: 'conversion{ending}'}], {chosen step}) AS bucket,
        numbers[{n.registrations}] AS registered,
        numbers[{n.before.registrations_begun} + bucket] AS of,
        numbers[{n.before.registered_visits} + bucket] AS part
    FROM {top_eight}
    WHERE registered > 0
)
ORDER BY time, source_group = 'Other', source_group
