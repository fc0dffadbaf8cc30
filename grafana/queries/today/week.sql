SELECT
    texts[1] AS webinars,
    texts[2] AS registrations,
    texts[4] AS conversion,
    texts[5] AS conversion_30m,
    texts[6] AS conversion_full
FROM
(
    SELECT
        arrayMap(
            (now, before, share) -> multiIf(
                now IS NULL, NULL,
                share AND before IS NULL, printf('%.1f %%', 100 * now),
                before IS NULL OR before = 0, printf('%.0f', assumeNotNull(now)),
                share, concat(printf('%.1f %% ', 100 * now),
                    multiIf(now > before, '▲ ', now < before, '▼ ', '= '), printf('%.1f points', abs(100 * (now - before)))),
                concat(printf('%.0f ', assumeNotNull(now)), multiIf(now > before, '▲ ', now < before, '▼ ', '= '),
                    printf('%.0f %%', abs(100 * (now - before) / before)))),
            this_week, last_week, [false, false, false, true, true, true]
        ) AS texts
    FROM
    (
        SELECT
            [uniqExactIf(webinar_id, NOT earlier) AS webinars, sum_of[1], sum_of[11], sum_of[11] / nullIf(sum_of[15], 0),
                sum_of[13] / nullIf(sum_of[17], 0), sum_of[14] / nullIf(sum_of[18], 0)]
                ::Array(Nullable(Float64)) AS this_week,
            [uniqExactIf(webinar_id, earlier), sum_before[1], sum_before[11], sum_before[11] / nullIf(sum_before[15], 0),
                sum_before[13] / nullIf(sum_before[17], 0), sum_before[14] / nullIf(sum_before[18], 0)]
                ::Array(Nullable(Float64)) AS last_week,
            sumForEachIf(numbers, NOT earlier) AS sum_of,
            sumForEachIf(numbers, earlier) AS sum_before
        FROM
        (
            SELECT
                webinar.webinar_id AS webinar_id,
                webinar.numbers AS numbers,
                {at} + toIntervalMillisecond(toUnixTimestamp64Milli(webinar.local_time) - webinar.begin_ms) AS local_at,
                toStartOfWeek(local_at, 1) AS monday,
                webinar.local_time < toDateTime64(monday, 3, 'UTC') AS earlier
            FROM {numbers} AS webinar
            WHERE webinar.ended
                AND webinar.local_time >= toDateTime64(monday, 3, 'UTC') - INTERVAL 7 DAY
                -- Of last week only what was over by the same time of the week.
                AND (NOT earlier OR webinar.end_ms <= toUnixTimestamp64Milli({at}) - 604800000)
                AND {filters}
        )
    )
)
