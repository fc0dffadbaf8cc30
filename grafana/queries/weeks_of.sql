-- {weeks_of}: the numbers of each week, all together and by what is chosen.
(
        SELECT week, live, shown AS of, webinars, summed AS numbers, open AS unfinished, first_day AS monday
        FROM
        (
        SELECT
            week,
            live,
            -- Of sources the eight with the most registrants have a name, the others are one.
            if({chosen by} = 'source' AND all_weeks.of != 'Total' AND place > 9, 'Other', all_weeks.of) AS shown,
            uniqExactMerge(all_weeks.counted) AS webinars,
            sumForEach(all_weeks.numbers) AS summed,
            max(all_weeks.unfinished) AS open,
            any(all_weeks.monday) AS first_day
        FROM
        (
            SELECT *, dense_rank() OVER (ORDER BY of != 'Total', weight DESC, of) AS place
            FROM
            (
                SELECT *, sum(numbers[{n.registrations}]) OVER (PARTITION BY of) AS weight
                FROM
                (
                    SELECT
                        webinar.week AS week,
                        arrayJoin(['Total', multiIf(
                            {chosen by} = 'region', webinar.region,
                            {chosen by} = 'course', webinar.course,
                            {chosen by} = 'language', webinar.language,
                            {chosen by} = 'platform', webinar.platform,
                            {chosen by} = 'source', webinar.source_group,
                            webinar.format)]) AS of,
                        -- What runs is apart: one that has just begun would pull the rate of its week down.
                        webinar.completeness = 'on_now' AS live,
                        uniqExactStateIf(webinar.webinar_id, webinar.ended OR live) AS counted,
                        sumForEachIf(webinar.numbers, webinar.ended OR live) AS numbers,
                        max(webinar.completeness IN ('upcoming', 'on_now', 'being_completed')
                            OR toMonday(toDate32(webinar.local_time)) = toMonday(toDate32({at}))) AS unfinished,
                        any(toMonday(toDate32(webinar.local_time))) AS monday
                    FROM {numbers} AS webinar
                    WHERE {weeks} AND {filters}
                    GROUP BY week, of, live
                )
            )
        ) AS all_weeks
        GROUP BY week, shown, live
        HAVING webinars > 0
        )
    )
