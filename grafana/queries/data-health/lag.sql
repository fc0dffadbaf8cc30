SELECT
    waited[{waited.median}] / 1000 AS middle,
    waited[{waited.p95}] / 1000 AS most,
    waited[{waited.p99}] / 1000 AS worst,
    events
FROM
(
    SELECT
        if(sum(minutes.events) > 0, quantilesTDigestMerge(0.5, 0.95, 0.99)(minutes.waited), [])
            ::Array(Nullable(Float64)) AS found,
        if(empty(found), [NULL, NULL, NULL], found) AS waited,
        sum(minutes.events) AS events
    FROM event_minutes_at(at = {at}) AS minutes
    WHERE minutes.minute > {at} - INTERVAL 1 HOUR
)
