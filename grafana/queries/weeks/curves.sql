SELECT
    -- Ten o'clock UTC: Monday from Hawaii to the Chatham Islands.
    toDateTime(monday, 'UTC') + INTERVAL 10 HOUR AS time,
    -- The running week is a point of a curve of its own, which begins where that of the total ends.
    arrayJoin(multiIf(
        running AND whole.of = 'Total', ['Total, so far'],
        running, [],
        whole.of = 'Total' AND monday = last_whole AND any_running, ['Total', 'Total, so far'],
        {chosen by} = 'source', [{source_name whole.of}],
        [whole.of])) AS of,
    if(value < 0, NULL, value) AS Value
FROM
(
    SELECT
        *,
        {measure} AS value,
        monday = toMonday(toDate32({at})) AS running,
        max(running) OVER () AS any_running,
        maxIf(monday, NOT running) OVER () AS last_whole
    FROM {weeks_of}
    WHERE NOT live
) AS whole
ORDER BY time, of != 'Total', of = 'Other', of
