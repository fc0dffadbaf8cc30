SELECT
    title,
    shares[1] AS conversion,
    shares[2] AS conversion_5m,
    shares[3] AS conversion_30m,
    shares[4] AS conversion_full,
    multiIf(
        usual_registrations IS NULL OR NOT all_sources, toString(registrations),
        concat(toString(registrations), multiIf(
            registrations < registrations_low, ' ▼', registrations > registrations_high, ' ▲', ' ='))) AS registrations,
    summed[11] AS registered_visits,
    substring(local_start, 12) AS local_hour,
    region, course, completeness,
    likeness,
    webinar_id,
    begin_ms - 900000 AS from_ms,
    end_ms + 900000 AS to_ms
FROM
(
    SELECT
        shown.*,
        usual.registrations AS usual_registrations,
        usual.registrations_low AS registrations_low,
        usual.registrations_high AS registrations_high,
        if(usual.n = 0, 'n/a', usual.likeness) AS likeness,
        arrayMap(
            (part, low, high) -> multiIf(
                part IS NULL, NULL,
                shown.registrations < 30, printf('%.1f %% (n=%d)', 100 * part, assumeNotNull(shown.registrations)),
                shown.doubtful, printf('%.1f %% ?', 100 * part),
                NOT shown.comparable OR low IS NULL OR high IS NULL, printf('%.1f %%', 100 * part),
                printf('%.1f %% %s', 100 * part, multiIf(part < low, '▼', part > high, '▲', '='))),
            shown.conversions,
            [usual.conversion_low, usual.conversion_5m_low, usual.conversion_30m_low, usual.conversion_full_low],
            [usual.conversion_high, usual.conversion_5m_high, usual.conversion_30m_high, usual.conversion_full_high]
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
            summed[1] AS registrations,
            arrayMap((part, of) -> part / nullIf(of, 0), arraySlice(summed, 11, 4), arraySlice(summed, 15, 4))
                AS conversions,
            ifNull(100 * (summed[3] - summed[8]) < any(webinar.matched_percent) * summed[3], false)
                AND all_sources
                OR webinar_id IN (SELECT webinar_id FROM rejected_rows) AS doubtful
        FROM {numbers} AS webinar
        -- The day before, on the webinar's own wall clock.
        WHERE toDate(webinar.local_time) = toDate(
                {at} + toIntervalMillisecond(toUnixTimestamp64Milli(webinar.local_time) - webinar.begin_ms)) - 1
            AND {filters}
        GROUP BY ALL
    ) AS shown
    LEFT JOIN usual ON usual.webinar_id = shown.webinar_id
)
ORDER BY begin_ms, webinar_id
