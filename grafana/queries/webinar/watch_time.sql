SELECT
    ['under 1 min', '1 to 5 min', '5 to 15 min', '15 to 30 min', '30 to 45 min', '45 to 60 min', '60 to 90 min',
        '90 min or more'][step.number] AS watched,
    people.people AS people
FROM (SELECT arrayJoin(range(1, 9)) AS number) AS step
LEFT JOIN
(
    SELECT step, count() AS people
    FROM watched_at(at = {range_or_now})
    WHERE webinar_id = {chosen webinar}
    GROUP BY step
) AS people ON people.step = step.number
ORDER BY step.number
