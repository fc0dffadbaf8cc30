SELECT
    concat(substring(shown.local_start, 12), place.zone, ' · ', {shortened shown.title}) AS webinar,
    if(shown.all_sources AND NOT {not_judged shown.webinar_id, why_registrations, {at}},
        {count_marked shown.registrations, baseline.registrations_low, baseline.registrations_high}, toString(shown.registrations)) AS registrations,
    shown.came AS registered_visits,
    multiIf(
        ifNull(shown.of, 0) = 0, NULL,
        shown.of < 30 OR empty(baseline_now.came_band) OR NOT shown.all_sources
            OR {not_judged shown.webinar_id, why, {at}}, {conversion shown.came, shown.of},
        {percent_marked 100 * shown.came / shown.of,
            {mark shown.came / shown.of, {typical_low baseline_now.came_band[{band.low}], shown.of},
                {typical_high baseline_now.came_band[{band.high}], shown.of}}})
        AS conversion,
    shown.region AS region,
    shown.webinar_id AS webinar_id,
    shown.begin_ms - 900000 AS from_ms,
    shown.end_ms + 900000 AS to_ms
FROM
(
    SELECT
        webinar.webinar_id AS webinar_id,
        webinar.local_start AS local_start,
        webinar.title AS title,
        webinar.region AS region,
        webinar.begin_ms AS begin_ms,
        webinar.end_ms AS end_ms,
        -- Usual is what all sources together usually have: beside some of them it says nothing.
        {everybody} AS all_sources,
        sumForEach(webinar.numbers) AS summed,
        summed[{n.registrations}] AS registrations,
        summed[{n.registered_visits}] AS came,
        summed[{n.registrations_begun}] AS of
    FROM {numbers} AS webinar
    WHERE webinar.completeness = 'on_now' AND {filters}
    GROUP BY ALL
) AS shown
LEFT JOIN baselines_now_at(at = {at}) AS baseline_now ON baseline_now.webinar_id = shown.webinar_id
LEFT JOIN baselines AS baseline ON baseline.webinar_id = shown.webinar_id
LEFT JOIN zones AS place ON place.webinar_id = shown.webinar_id
ORDER BY begin_ms, webinar_id
