SELECT
    concat(leftPad(toString(hour), 2, '0'), ':00') AS hour,
    maxIf(shown, weekday = 1) AS mon,
    maxIf(shown, weekday = 2) AS tue,
    maxIf(shown, weekday = 3) AS wed,
    maxIf(shown, weekday = 4) AS thu,
    maxIf(shown, weekday = 5) AS fri,
    maxIf(shown, weekday = 6) AS sat,
    maxIf(shown, weekday = 7) AS sun
FROM
(
    SELECT
        hour, weekday,
        {measure} AS value,
        -- A count is per webinar, a share is one already.
        if({chosen measure} IN ('registrations', 'registered_visits', 'walk_ins', 'recording_views'),
            value / webinars, value) AS shown
    FROM
    (
        SELECT
            webinar.hour AS hour,
            webinar.weekday AS weekday,
            uniqExact(webinar.webinar_id) AS webinars,
            sumForEach(webinar.numbers) AS numbers
        FROM {numbers} AS webinar
        WHERE {weeks} AND webinar.completeness IN ('being_completed', 'final') AND {filters}
        GROUP BY hour, weekday
        HAVING webinars >= 3
    )
)
GROUP BY hour
ORDER BY hour
