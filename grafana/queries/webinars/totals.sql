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
            count(),
            sumForEach(of_webinar) AS summed,
            arrayMap(
                (part, of) -> {conversion part, of},
                arraySlice(summed, {n.registered_visits}, {share.length}),
                arraySlice(summed, {n.registrations_begun}, {share.length})),
            sum(missing),
            sum(watched) / nullIf(sumIf(watchers, watched IS NOT NULL), 0)
        ),
        (
            'median',
            count(),
            quantileExactForEach(0.5)(of_webinar),
            arrayMap(part -> {percent 100 * part}, quantileExactForEach(0.5)(conversions)),
            quantileExact(0.5)(missing),
            quantileExact(0.5)(watched / nullIf(watchers, 0))
        )
    ]) AS line
    FROM
    (
        SELECT
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
        WHERE $__timeFilter_ms(webinar.starts) AND {named} AND {filters}
        GROUP BY webinar.webinar_id
    )
)
