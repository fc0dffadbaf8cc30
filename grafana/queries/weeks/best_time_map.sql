-- Each cell is a text, behind which stands how it is coloured (grafana/heat.py).
SELECT
    concat(leftPad(toString(hour), 2, '0'), ':00') AS hour,
    maxIf(cell, weekday = 1) AS mon,
    maxIf(cell, weekday = 2) AS tue,
    maxIf(cell, weekday = 3) AS wed,
    maxIf(cell, weekday = 4) AS thu,
    maxIf(cell, weekday = 5) AS fri,
    maxIf(cell, weekday = 6) AS sat,
    maxIf(cell, weekday = 7) AS sun
FROM
(
    SELECT
        hour, weekday,
        {measure} AS value,
        -- A count is per webinar, a share is one already.
        if({chosen measure} IN ('registrations', 'registered_visits', 'walk_ins', 'recording_views'),
            value / webinars, value) AS shown,
        multiIf(
            bucket > 0, {percent assumeNotNull(shown)},
            {chosen measure} = 'webinars', toString(webinars),
            printf('%.1f', assumeNotNull(shown))) AS said,
        max(shown) OVER () AS most,
        multiIf(
            shown IS NULL, NULL,
            shown < 0, concat('Too few (n=', toString(toInt64(-assumeNotNull(shown))), ')'),
            concat(said, '|c', toString(if(most <= 0, 0, toInt8(ceil(8 * shown / most)))))) AS cell
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
