SELECT
    title,
    multiIf(
        numbers[15] = 0, NULL,
        numbers[15] < 30, printf('%.1f %% (n=%d)', 100 * numbers[11] / numbers[15], assumeNotNull(numbers[15])),
        printf('%.1f %%', 100 * numbers[11] / numbers[15])) AS conversion,
    numbers[11] AS registered_visits,
    numbers[1] AS registrations,
    substring(local_start, 12) AS local_hour,
    region,
    webinar_id,
    begin_ms - 900000 AS from_ms,
    end_ms + 900000 AS to_ms
FROM
(
    SELECT
        webinar.webinar_id AS webinar_id,
        webinar.local_start AS local_start,
        webinar.title AS title,
        webinar.region AS region,
        webinar.begin_ms AS begin_ms,
        webinar.end_ms AS end_ms,
        sumForEach(webinar.numbers) AS numbers
    FROM {numbers} AS webinar
    WHERE webinar.completeness = 'on_now' AND {filters}
    GROUP BY ALL
)
ORDER BY begin_ms, webinar_id
