SELECT
    texts[{week.webinars}] AS webinars,
    texts[{week.registrations}] AS registrations,
    texts[{week.conversion}] AS conversion,
    {each longest: texts[{week.conversion{ending}}] AS conversion{ending}},
    texts[{week.conversion_full}] AS conversion_full
FROM
(
    SELECT
        arrayMap(
            (now, before, share) -> multiIf(
                now IS NULL, NULL,
                share AND before IS NULL, {percent 100 * now},
                before IS NULL OR before = 0, printf('%.0f', assumeNotNull(now)),
                share, concat({percent_marked 100 * now, {mark now, before, before}},
                    printf(' %.1f points', abs(100 * (now - before)))),
                printf('%.0f %s %.0f %%', assumeNotNull(now), {mark now, before, before},
                    abs(100 * (now - before) / before))),
            this_week, last_week, [false, false, false, true, true, true]
        ) AS texts
    FROM
    (
        SELECT
            [
                uniqExactIf(webinar_id, NOT earlier) AS webinars,
                sum_of[{n.registrations}],
                sum_of[{n.registered_visits}],
                sum_of[{n.registered_visits}] / nullIf(sum_of[{n.registrations_begun}], 0),
                {each longest: sum_of[{n.registered_visits{ending}}] / nullIf(sum_of[{n.registrations{ending}}], 0)},
                sum_of[{n.registered_visits_full}] / nullIf(sum_of[{n.registrations_full}], 0)
            ]::Array(Nullable(Float64)) AS this_week,
            [
                uniqExactIf(webinar_id, earlier),
                sum_before[{n.registrations}],
                sum_before[{n.registered_visits}],
                sum_before[{n.registered_visits}] / nullIf(sum_before[{n.registrations_begun}], 0),
                {each longest: sum_before[{n.registered_visits{ending}}] / nullIf(sum_before[{n.registrations{ending}}], 0)},
                sum_before[{n.registered_visits_full}] / nullIf(sum_before[{n.registrations_full}], 0)
            ]::Array(Nullable(Float64)) AS last_week,
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
