-- The day in one sentence: what stands out, what is over since yesterday, what runs and what comes.
SELECT concat(upper(substring(said, 1, 1)), substring(said, 2)) AS headline
FROM
(
    SELECT
        multiIf(
            known = 0, 'No webinar is known at this moment.',
            concat(
                if(outside = 0, '', concat(toString(outside),
                    if(outside = 1, ' webinar needs attention', ' webinars need attention'), char(59), ' ')),
                if(over = 0, 'no webinar yesterday', concat(
                    if(over = 1, 'one webinar', concat(toString(over), ' webinars')), ' yesterday with ',
                    {thousands registered}, ' registrants, attendance rate ', ifNull({conversion came, of}, 'n/a'))),
                char(59), ' ', if(live = 0, 'none', toString(live)), ' live, ',
                if(coming = 0, 'none', toString(coming)), ' in the next seven days.')) AS said
    FROM
    (
        SELECT
            count() AS known,
            countIf(state = 'on_now') AS live,
            countIf(state = 'upcoming' AND starts > {at} - INTERVAL 1 DAY AND starts < {at} + INTERVAL 7 DAY) AS coming,
            countIf(yesterday) AS over,
            toUInt64(sumIf(ifNull(numbers[{n.registrations}], 0), yesterday)) AS registered,
            toInt64(sumIf(ifNull(numbers[{n.registrations_begun}], 0), yesterday)) AS of,
            toInt64(sumIf(ifNull(numbers[{n.registered_visits}], 0), yesterday)) AS came,
            (
                SELECT uniqExact(webinar.webinar_id)
                FROM webinar_list(at = {at}) AS webinar
                WHERE {webinar_filters} AND webinar.webinar_id IN
                    (SELECT webinar_id FROM unusual_at(at = {at}) WHERE since > {at} - INTERVAL 7 DAY)
            ) AS outside
        FROM
        (
            SELECT
                webinar.webinar_id AS webinar_id,
                any(webinar.completeness) AS state,
                any(webinar.starts) AS starts,
                -- On the webinar's own wall clock.
                any(webinar.ended AND toDate(webinar.local_time) = toDate(
                    {at} + toIntervalMillisecond(toUnixTimestamp64Milli(webinar.local_time) - webinar.begin_ms)) - 1) AS yesterday,
                sumForEach(webinar.numbers) AS numbers
            FROM {numbers} AS webinar
            WHERE {filters}
            GROUP BY webinar.webinar_id
        )
    )
)
