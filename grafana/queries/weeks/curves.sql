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
    FROM {weeks_of}
    WHERE NOT live
)
ORDER BY time, of != 'Total', of = 'Other', of
