SELECT
    weekday,
    concat(leftPad(toString(hour), 2, '0'), ':00') AS hour,
    webinars,
    registrations / webinars AS registrations_per_webinar,
    registered_visits / webinars AS registered_visits_per_webinar,
    if(of >= 30, 100 * registered_visits / of, NULL) AS conversion
FROM
(
    SELECT
        webinar.weekday AS weekday,
        webinar.hour AS hour,
        uniqExact(webinar.webinar_id) AS webinars,
        sumForEach(webinar.numbers) AS summed,
        summed[{n.registrations}] AS registrations,
        summed[{n.registered_visits}] AS registered_visits,
        summed[{n.registrations_begun}] AS of
    FROM {numbers} AS webinar
    WHERE {weeks} AND webinar.completeness IN ('being_completed', 'final') AND {filters}
    GROUP BY weekday, hour
    HAVING webinars >= 3
)
ORDER BY registered_visits_per_webinar DESC, weekday, hour
