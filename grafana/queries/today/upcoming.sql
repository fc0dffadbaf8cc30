SELECT
    concat({day_and_time local_time}, place.zone, '\n', {shortened title}) AS webinar,
    multiIf(
        expected_low IS NULL OR expected_high IS NULL OR typical_low IS NULL OR NOT all_sources, toString(registrations),
        -- Where all that is to be expected in the end lies outside of what is typical then.
        concat(toString(registrations), ' ', {mark
            if(expected_low > typical_high, expected_low, least(expected_high, typical_high)),
            typical_low, typical_high})) AS registrations,
    if(expected_low IS NULL OR expected_high IS NULL OR NOT all_sources, NULL,
        {typical_count expected_low, expected_high}) AS expected,
    baseline_now,
    baseline_final,
    if(n = 0, NULL, n) AS n,
    region, course,
    shown.webinar_id AS webinar_id
FROM
(
    SELECT
        webinar.webinar_id AS webinar_id,
        webinar.local_time AS local_time,
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
LEFT JOIN
(
    SELECT webinar_id, registrations_low AS typical_low, registrations_high AS typical_high FROM baselines AS baseline
) AS typical ON typical.webinar_id = shown.webinar_id
LEFT JOIN zones AS place ON place.webinar_id = shown.webinar_id
ORDER BY starts, shown.webinar_id
