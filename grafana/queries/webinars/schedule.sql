SELECT
    concat(ifNull(concat({day_and_time local_time}, zone, '\n'), ''), {shortened title}) AS webinar,
    if(comparable AND why_registrations = '', {count_marked summed[{n.registrations}], registrations_low, registrations_high},
        toString(summed[{n.registrations}])) AS registrations,
    summed[{n.registered_visits}] AS registered_visits,
    shares[{share.conversion}] AS conversion,
    {each remaining: {count_and_share summed[{n.registered_visits{ending}}], shares[{share.conversion{ending}}]} AS {column}},
    {no_shows summed} AS no_shows,
    summed[{n.watch_seconds}] / nullIf(summed[{n.visits}], 0) AS average_watch_seconds,
    -- Of a part of the people neither of them is told.
    if({everybody}, median, NULL) AS median_watch_seconds,
    if({everybody}, peak, NULL) AS peak_viewers,
    multiIf(mark != '', mark, unmatched, 'doubtful', kind = '' AND why != '', 'not_judged', kind) AS stands_out,
    nullIf(trimRight(concat(
        if(mark = '', '', concat(mark_sentences, ' ')),
        if(unmatched, 'Doubtful: most of those in the room are not known to be registered. ', ''),
        sentences,
        if(sentences = '' AND why != '', concat('Not judged. ', why), ''))), '') AS unusual,
    if(timeless, 'no_time', completeness) AS completeness,
    region, course,
    if({shortened title} = title, NULL, title) AS whole_title,
    webinar_id,
    begin_ms - 900000 AS from_ms,
    end_ms + 900000 AS to_ms
FROM
(
    SELECT
        *,
        unmatched OR mark = 'rows_rejected' AS doubtful,
        arrayMap(
            (part, low, high) -> multiIf(
                part IS NULL, NULL,
                summed[{n.registrations}] < 30, {percent_of_few 100 * part, assumeNotNull(summed[{n.registrations}])},
                doubtful, {percent_marked 100 * part, '?'},
                NOT comparable OR why_rates != '' OR low IS NULL OR high IS NULL, {percent 100 * part},
                {percent_marked 100 * part, {mark part, low, high}}),
            {conversions summed},
            arrayResize(lows, {share.length}, NULL),
            arrayResize(highs, {share.length}, NULL)
        ) AS shares
    FROM
    (
        SELECT
            webinar.webinar_id AS webinar_id,
            webinar.starts AS starts,
            webinar.local_time AS local_time,
            webinar.title AS title,
            webinar.region AS region,
            webinar.course AS course,
            webinar.completeness AS completeness,
            webinar.begin_ms AS begin_ms,
            webinar.end_ms AS end_ms,
            sumForEach(webinar.numbers) AS summed,
            -- Usual is what all sources together usually have: beside some of them it says nothing.
            webinar.ended AND {everybody} AS comparable,
            ifNull({doubtful summed[{n.visits_all}], summed[{n.walk_ins}], any(webinar.matched_percent)}, false)
                AND {everybody} AS unmatched
        FROM {numbers} AS webinar
        WHERE ($__timeFilter_ms(webinar.starts) OR webinar.starts IS NULL)
            AND {named} AND {filters}
        GROUP BY ALL
    ) AS shown
    LEFT JOIN
    (
        SELECT webinar_id, median_watch_seconds AS median, peak_viewers AS peak FROM watching_at(at = {at})
    ) AS watching USING webinar_id
    LEFT JOIN
    (
        SELECT
            webinar_id,
            registrations_low,
            registrations_high,
            [{each step: conversion{ending}_low}] AS lows,
            [{each step: conversion{ending}_high}] AS highs
        FROM baselines AS baseline
    ) AS baseline USING webinar_id
    LEFT JOIN
    (
        SELECT webinar_id, argMin(kind, (kind = 'standout', since)) AS kind, arrayStringConcat(groupArray(sentence), ' ') AS sentences
        FROM unusual_at(at = {at})
        GROUP BY webinar_id
    ) AS unusual USING webinar_id
    LEFT JOIN
    (
        SELECT
            said.webinar_id AS webinar_id,
            said.why AS why_rates,
            said.why_registrations AS why_registrations,
            if(said.why = '', said.why_registrations, said.why) AS why
        FROM judgements_at(at = {at}) AS said
    ) AS judged USING webinar_id
    LEFT JOIN
    (
        SELECT
            webinar_id,
            max(one.mark) AS mark,
            countIf(one.mark = 'no_time') > 0 AS timeless,
            arrayStringConcat(groupArray(sentence), ' ') AS mark_sentences
        FROM marks_at(at = {at}) AS one
        GROUP BY webinar_id
    ) AS marked USING webinar_id
    LEFT JOIN zones AS place USING webinar_id
    -- No time range has it where people attended and nobody said when, and somebody has to say it.
    WHERE starts IS NOT NULL OR timeless
)
ORDER BY starts DESC, webinar_id
