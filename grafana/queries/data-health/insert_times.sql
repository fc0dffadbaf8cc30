SELECT
    time,
    waited[{waited.median}] / 1000 AS middle,
    waited[{waited.p95}] / 1000 AS most,
    waited[{waited.p99}] / 1000 AS worst
FROM
(
    SELECT minutes.minute AS time, quantilesTDigestMerge(0.5, 0.95, 0.99)(minutes.waited) AS waited
    FROM event_minutes_at(at = {at}) AS minutes
    WHERE $__timeFilter(minutes.minute)
    GROUP BY time
)
ORDER BY time
