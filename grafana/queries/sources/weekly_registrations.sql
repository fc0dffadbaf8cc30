SELECT
    -- Ten o'clock UTC: Monday from Hawaii to the Chatham Islands.
    toDateTime(monday, 'UTC') + INTERVAL 10 HOUR AS time,
    {source_name source_group} AS source_name,
    numbers[{n.registrations}] AS Value
FROM {top_eight}
WHERE Value > 0
ORDER BY time, source_group = 'Other', source_group
