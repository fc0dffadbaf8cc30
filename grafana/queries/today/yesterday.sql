SELECT
    concat(substring(local_start, 12), zone, ' · ', {shortened title}) AS webinar,
    multiIf(
        baseline_registrations IS NULL OR NOT all_sources OR unjudged_registrations, toString(registrations),
        concat(toString(registrations), ' ', {mark registrations, registrations_low, registrations_high})) AS registrations,
    summed[{n.registered_visits}] AS registered_visits,
    {each step: shares[{share.conversion{ending}}] AS conversion{ending}},
    region, course, completeness,
    likeness,
    webinar_id,
    begin_ms - 900000 AS from_ms,
    end_ms + 900000 AS to_ms
FROM
(
    SELECT
        shown.*,
        {not_judged shown.webinar_id, why, {at}} AS unjudged,
        {not_judged shown.webinar_id, why_registrations, {at}} AS unjudged_registrations,
        baseline.registrations AS baseline_registrations,
        baseline.registrations_low AS registrations_low,
        baseline.registrations_high AS registrations_high,
        if(baseline.n = 0, 'n/a', baseline.likeness) AS likeness,
        arrayMap(
            (part, low, high) -> multiIf(
                part IS NULL, NULL,
                shown.registrations < 30, {percent_of_few 100 * part, assumeNotNull(shown.registrations)},
                shown.doubtful, {percent_marked 100 * part, '?'},
                NOT shown.comparable OR unjudged OR low IS NULL OR high IS NULL, {percent 100 * part},
                {percent_marked 100 * part, {mark part, low, high}}),
            shown.conversions,
            [{each step: baseline.conversion{ending}_low}],
            [{each step: baseline.conversion{ending}_high}]
        ) AS shares
    FROM
    (
        SELECT
            webinar.webinar_id AS webinar_id,
            webinar.local_start AS local_start,
            webinar.title AS title,
            webinar.region AS region,
            webinar.course AS course,
            webinar.completeness AS completeness,
            webinar.begin_ms AS begin_ms,
            webinar.end_ms AS end_ms,
            -- Usual is what all sources together usually have: beside some of them it says nothing.
            {everybody} AS all_sources,
            webinar.ended AND all_sources AS comparable,
            sumForEach(webinar.numbers) AS summed,
            summed[{n.registrations}] AS registrations,
            {conversions summed}
                AS conversions,
            ifNull({doubtful summed[{n.visits_all}], summed[{n.walk_ins}], any(webinar.matched_percent)}, false)
                AND all_sources
                OR {rows_missing webinar_id} AS doubtful
        FROM {numbers} AS webinar
        -- The day before, on the webinar's own wall clock.
        WHERE toDate(webinar.local_time) = toDate(
                {at} + toIntervalMillisecond(toUnixTimestamp64Milli(webinar.local_time) - webinar.begin_ms)) - 1
            AND {filters}
        GROUP BY ALL
    ) AS shown
    LEFT JOIN baselines AS baseline ON baseline.webinar_id = shown.webinar_id
) AS yesterday
LEFT JOIN zones AS place USING webinar_id
ORDER BY begin_ms, webinar_id
