SELECT
    line.{total.what} AS what,
    line.{total.numbers}[{n.registrations}] AS registrations,
    line.{total.numbers}[{n.registered_visits}] AS registered_visits,
    line.{total.shares}[{share.conversion}] AS conversion,
    {each remaining: {count_and_share {thousands line.{total.numbers}[{n.registered_visits{ending}}]}, line.{total.shares}[{share.conversion{ending}}]} AS {column}},
    line.{total.no_shows} AS no_shows,
    line.{total.average_watch} AS average_watch_seconds,
    line.{total.webinars} AS webinars
FROM
(
    SELECT arrayJoin([
        (
            'together',
            countIf(ended),
            sumForEachIf(of_webinar, ended) AS summed,
            arrayMap(
                (part, of) -> {conversion part, of},
                arraySlice(summed, {n.registered_visits}, {share.length}),
                arraySlice(summed, {n.registrations_begun}, {share.length})),
            sumIf(missing, ended),
            sumIf(watched, ended) / nullIf(sumIf(watchers, ended AND watched IS NOT NULL), 0)
        ),
        (
            'median',
            countIf(ended),
            quantileExactForEachIf(0.5)(of_webinar, ended),
            arrayMap(part -> {percent 100 * part}, quantileExactForEachIf(0.5)(conversions, ended)),
            quantileExactIf(0.5)(missing, ended),
            quantileExactIf(0.5)(watched / nullIf(watchers, 0), ended)
        ),
        (
            'so_far',
            countIf(NOT ended),
            sumForEachIf(of_webinar, NOT ended) AS so_far,
            arrayMap(
                (part, of) -> {conversion part, of},
                arraySlice(so_far, {n.registered_visits}, {share.length}),
                arraySlice(so_far, {n.registrations_begun}, {share.length})),
            sumIf(missing, NOT ended),
            sumIf(watched, NOT ended) / nullIf(sumIf(watchers, NOT ended AND watched IS NOT NULL), 0)
        )
    ]) AS line
    FROM
    (
        SELECT
            -- What runs is shown apart: a webinar that has just begun would pull the rates of all down.
            any(webinar.ended) AS ended,
            sumForEach(webinar.numbers) AS of_webinar,
            {no_shows of_webinar} AS missing,
            of_webinar[{n.watch_seconds}] AS watched,
            of_webinar[{n.visits}] AS watchers,
            -- Of a few people a percentage says little: the middle one is of the others.
            arrayMap(
                (part, of) -> if(of >= 30, part / of, NULL),
                arraySlice(of_webinar, {n.registered_visits}, {share.length}),
                arraySlice(of_webinar, {n.registrations_begun}, {share.length})) AS conversions
        FROM {numbers} AS webinar
        WHERE $__timeFilter_ms(webinar.starts) AND webinar.completeness IN ('on_now', 'being_completed', 'final')
            AND {named} AND {filters}
        GROUP BY webinar.webinar_id
    )
)
WHERE line.{total.what} != 'so_far' OR line.{total.webinars} > 0
