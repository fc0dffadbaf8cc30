SELECT
    line.1 AS source_group,
    if(line.3 < 30, printf('%.1f %% (n=%d)', 100 * line.5 / nullIf(line.3, 0), line.3), printf('%.1f %%', 100 * line.5 / line.3))
        AS conversion,
    if(line.3 >= 30 AND line.4 >= 30, 100 * (line.5 / line.3 - line.6 / line.4), NULL) AS change,
    100 * line.7 AS mix,
    100 * line.8 AS rate,
    line.2 AS new,
    line.3 AS registrations,
    line.3 / nullIf(of_all, 0) AS share,
    if(line.4 < 30, printf('%.1f %% (n=%d)', 100 * line.6 / nullIf(line.4, 0), line.4), printf('%.1f %%', 100 * line.6 / line.4))
        AS conversion_before,
    line.4 / nullIf(before_of_all, 0) AS share_before,
    printf('%.1f %%', 100 * line.9) AS median,
    if(line.1 = 'All together', 'All', line.1) AS inside
FROM
(
    SELECT
        of_all,
        before_of_all,
        before_all,
        arrayJoin(arrayConcat(
            [(
                'All together', '', of_all, before_of_all, part_all, before_part_all,
                if(of_all = 0 OR before_of_all = 0, NULL, arraySum(mix -> ifNull(mix, 0), mixes)),
                if(of_all = 0 OR before_of_all = 0, NULL, arraySum(rate -> ifNull(rate, 0), rates)),
                if(empty(medians), NULL, arrayReduce('quantileExact(0.5)', medians))
            )],
            arrayMap(
                (one, mix, rate) -> (one.1, one.2, one.3, one.4, one.5, one.6, mix, rate, one.7),
                groups, mixes, rates)
        )) AS line
    FROM
    (
        SELECT
            *,
            -- Mix and rate as streams/drops/reason.py defines them: they add up to the change. A source that is new in
            -- this period adds its share times how it differs from the others. The rest is other shares and other rates.
            arrayMap(
                one -> multiIf(
                    of_all = 0 OR before_of_all = 0, NULL,
                    one.4 = 0, (one.5 - one.3 * known) / of_all,
                    (if(known_of = 0, 0, one.3 / known_of) - one.4 / before_of_all) * (one.6 / one.4 - before_all)),
                groups) AS mixes,
            arrayMap(
                one -> multiIf(
                    of_all = 0 OR before_of_all = 0, NULL,
                    one.4 = 0 OR one.3 = 0, 0,
                    one.3 / known_of * (one.5 / one.3 - one.6 / one.4)),
                groups) AS rates
        FROM
        (
            SELECT
                -- Of each source: name, new, registered now and before, came now and before, its median webinar.
                groupArray((source_group, if(earlier = 0, 'New', ''), of, before_of, part, before_part, median)) AS groups,
                sum(of) AS of_all,
                sum(before_of) AS before_of_all,
                sum(part) AS part_all,
                sum(before_part) AS before_part_all,
                sumIf(of, before_of > 0) AS known_of,
                before_part_all / nullIf(before_of_all, 0) AS before_all,
                if(known_of > 0, sumIf(part, before_of > 0) / known_of, ifNull(before_all, 0)) AS known,
                sumMap(webinars.1, webinars.2, webinars.3) AS all_webinars,
                arrayMap(
                    one -> one.2 / one.1,
                    arrayFilter(one -> one.1 >= 30, arrayZip(all_webinars.2, all_webinars.3))) AS medians
            FROM
            (
                SELECT
                    source_group,
                    toInt64(ifNull(sumIf(all_of, now), 0)) AS of,
                    toInt64(ifNull(sumIf(all_part, now), 0)) AS part,
                    toInt64(ifNull(sumIf(all_of, before), 0)) AS before_of,
                    toInt64(ifNull(sumIf(all_part, before), 0)) AS before_part,
                    ifNull(sumIf(all_of, NOT now), 0) AS earlier,
                    quantileExactIf(0.5)(all_part / all_of, now AND all_of >= 30) AS median,
                    sumMapIf([webinar_id], [toInt64(ifNull(all_of, 0))], [toInt64(ifNull(all_part, 0))], now) AS webinars
                FROM
                (
                    SELECT
                        webinar.webinar_id AS webinar_id,
                        webinar.source_group AS source_group,
                        indexOf(['conversion', 'conversion_5m', 'conversion_30m', 'conversion_full'], {chosen step})
                            AS bucket,
                        webinar.numbers[14 + bucket] AS all_of,
                        webinar.numbers[10 + bucket] AS all_part,
                        {periods}
                    FROM {numbers_of_both} AS webinar
                    WHERE webinar.starts <= $__toTime_ms AND webinar.completeness = 'final' AND {filters}
                )
                GROUP BY source_group
                HAVING of + before_of > 0
                ORDER BY of DESC, source_group
            )
        )
    )
)
