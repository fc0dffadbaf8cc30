SELECT
    title,
    multiIf(
        baseline_now IS NULL OR NOT all_sources, toString(registrations),
        concat(toString(registrations), ' ', {mark registrations, 0.9 * baseline_now, 1.1 * baseline_now})) AS registrations,
    if(expected_low IS NULL OR expected_high IS NULL OR NOT all_sources, NULL,
        printf('%.0f to %.0f', assumeNotNull(expected_low), assumeNotNull(expected_high))) AS expected,
    local_start, weekday,
    baseline_now,
    baseline_final,
    if(n = 0, NULL, n) AS n,
    region, course,
    webinar_id
FROM
(
    SELECT
        webinar.webinar_id AS webinar_id,
        webinar.local_start AS local_start,
        webinar.weekday AS weekday,
        webinar.title AS title,
        webinar.region AS region,
        webinar.course AS course,
        webinar.starts AS starts,
        {everybody} AS all_sources,
        sumForEach(webinar.numbers)[{n.registrations}] AS registrations
    FROM {numbers} AS webinar
    WHERE webinar.completeness = 'upcoming' AND webinar.starts < {at} + INTERVAL 7 DAY
        AND webinar.starts > {at} - INTERVAL 1 DAY AND {filters}
    GROUP BY ALL
) AS shown
LEFT JOIN
(
    SELECT webinar_id, baseline_now, expected_low, expected_high, baseline_final, n
    FROM pace_at(at = {at})
) AS pace ON pace.webinar_id = shown.webinar_id
ORDER BY starts, webinar_id
