SELECT
    {source_name line.{source_row.source_group}} AS source_group,
    line.{source_row.of} AS registrations,
    100 * line.{source_row.of} / nullIf(of_all, 0) AS share,
    {conversion line.{source_row.numbers}[{n.registered_visits}], line.{source_row.numbers}[{n.registrations_begun}]} AS now_came,
    {each remaining: {conversion line.{source_row.numbers}[{n.registered_visits{ending}}], line.{source_row.numbers}[{n.registrations{ending}}]} AS now_{column}},
    100 * (line.{source_row.mix} + line.{source_row.rate}) AS effect,
    100 * line.{source_row.mix} AS mix,
    100 * line.{source_row.rate} AS rate,
    if(
        line.{source_row.of} >= 30 AND line.{source_row.before_of} >= 30,
        100 * (line.{source_row.part} / line.{source_row.of} - line.{source_row.before_part} / line.{source_row.before_of}),
        NULL) AS change,
    line.{source_row.new} AS new,
    {conversion line.{source_row.before_part}, line.{source_row.before_of}} AS conversion_before,
    100 * line.{source_row.before_of} / nullIf(before_of_all, 0) AS share_before,
    {percent 100 * line.{source_row.median}} AS median,
    {conversion line.{source_row.part}, line.{source_row.of}} AS conversion,
    if(line.{source_row.source_group} = 'Total', headline, NULL) AS headline,
    if(line.{source_row.source_group} = 'Total', 'All', line.{source_row.source_group}) AS inside
FROM
(
    SELECT
        of_all,
        before_of_all,
        before_all,
        100 * (part_all / nullIf(of_all, 0) - before_all) AS whole_change,
        -- The source that adds most in the direction of the change.
        arrayFirst(one -> true, arraySort(one -> if(whole_change < 0, one.{cause.effect}, -one.{cause.effect}), arrayMap(
            (one, mix, rate) -> (100 * (ifNull(mix, 0) + ifNull(rate, 0)), one.{source.source_group}, one.{source.new}),
            groups, mixes, rates))) AS cause,
        -- Grafana's data source takes char(59) as it is, and the sign itself for the end of a statement.
        multiIf(
            of_all = 0, 'No final webinar in this time',
            concat(
                [{each step: '{rate}'}][indexOf([{each step: 'conversion{ending}'}], {chosen step})], ' ',
                ifNull({conversion part_all, of_all}, 'n/a'),
                multiIf(
                    before_of_all = 0, concat(char(59), ' nobody registered in the time before'),
                    of_all < 30 OR before_of_all < 30, concat(char(59), ' too few to compare with the time before'),
                    concat(', ', {points whole_change}, if(abs(whole_change) < 0.05, '', concat(
                        char(59), ' main cause: ', if(cause.{cause.new} = 'New' AND cause.{cause.source_group} != {not_by_source}, 'new source ', ''), {source_name cause.{cause.source_group}}, ', ', {points cause.{cause.effect}})))))) AS headline,
        arrayJoin(arrayConcat(
            [(
                'Total', '', of_all, before_of_all, part_all, before_part_all,
                if(of_all = 0 OR before_of_all = 0, NULL, arraySum(mix -> ifNull(mix, 0), mixes)),
                if(of_all = 0 OR before_of_all = 0, NULL, arraySum(rate -> ifNull(rate, 0), rates)),
                if(empty(medians), NULL, arrayReduce('quantileExact(0.5)', medians)),
                all_numbers
            )],
            arrayMap(
                (one, mix, rate) -> (
                    one.{source.source_group}, one.{source.new}, one.{source.of}, one.{source.before_of},
                    one.{source.part}, one.{source.before_part}, mix, rate, one.{source.median}, one.{source.numbers}),
                groups, mixes, rates)
        )) AS line
    FROM
    (
        SELECT
            *,
            arrayMap(one -> {mix one}, groups) AS mixes,
            arrayMap(one -> {rate one}, groups) AS rates
        FROM
        (
            SELECT
                -- Of each source: name, new, registered now and before, came now and before, its median webinar, all numbers now.
                groupArray((source_group, if(earlier = 0, 'New', ''), of, before_of, part, before_part, median, now_numbers)) AS groups,
                sumForEach(now_numbers) AS all_numbers,
                sum(of) AS of_all,
                sum(before_of) AS before_of_all,
                sum(part) AS part_all,
                sum(before_part) AS before_part_all,
                sumIf(of, before_of > 0) AS known_of,
                before_part_all / nullIf(before_of_all, 0) AS before_all,
                if(known_of > 0, sumIf(part, before_of > 0) / known_of, ifNull(before_all, 0)) AS known,
                sumMap(webinars.{of_webinar.webinar_id}, webinars.{of_webinar.of}, webinars.{of_webinar.part})
                    AS all_webinars,
                arrayMap(
                    one -> one.{of_part.part} / one.{of_part.of},
                    arrayFilter(
                        one -> one.{of_part.of} >= 30,
                        arrayZip(all_webinars.{of_webinar.of}, all_webinars.{of_webinar.part}))) AS medians
            FROM
            (
                SELECT
                    source_group,
                    toInt64(ifNull(sumIf(all_of, now), 0)) AS of,
                    toInt64(ifNull(sumIf(all_part, now), 0)) AS part,
                    toInt64(ifNull(sumIf(all_of, before), 0)) AS before_of,
                    toInt64(ifNull(sumIf(all_part, before), 0)) AS before_part,
                    ifNull(sumIf(all_of, NOT now), 0) AS earlier,
                    sumForEachIf(own_numbers, now) AS now_numbers,
                    quantileExactIf(0.5)(all_part / all_of, now AND all_of >= 30) AS median,
                    sumMapIf([webinar_id], [toInt64(ifNull(all_of, 0))], [toInt64(ifNull(all_part, 0))], now) AS webinars
                FROM
                (
                    SELECT
                        webinar.webinar_id AS webinar_id,
                        webinar.source_group AS source_group,
                        indexOf([{each step: 'conversion{ending}'}], {chosen step})
                            AS bucket,
                        webinar.numbers[{n.before.registrations_begun} + bucket] AS all_of,
                        webinar.numbers[{n.before.registered_visits} + bucket] AS all_part,
                        webinar.numbers AS own_numbers,
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
