-- What is usual for each webinar that is on, at the minute that it has come to: [low, middle, high] of its conversions,
-- of the same earlier webinars as in usual_course_at. No row where fewer than three lasted so long.
CREATE OR REPLACE VIEW usual_now_at AS
SELECT
    alike.webinar_id AS webinar_id,
    count() AS n,
    quantilesExactWeighted(0.1, 0.5, 0.9)(course.came / course.registered, alike.weight) AS came_band,
    quantilesExactWeighted(0.1, 0.5, 0.9)(ifNull(course.stayed_5m, 0) / course.registered, alike.weight) AS stayed_5m_band,
    quantilesExactWeighted(0.1, 0.5, 0.9)(ifNull(course.stayed_30m, 0) / course.registered, alike.weight)
        AS stayed_30m_band
FROM courses_at(at = {at:DateTime64(3, 'UTC')}) AS course
INNER JOIN
(
    SELECT live.webinar_id AS webinar_id, live.minute AS minute, pair.1 AS member, pair.2 AS weight
    FROM usual
    INNER JOIN
    (
        SELECT webinar_id, intDiv(toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) - begin_ms, 60000) AS minute
        FROM webinars_at(at = {at:DateTime64(3, 'UTC')})
        WHERE completeness = 'on_now'
    ) AS live ON live.webinar_id = usual.webinar_id
    ARRAY JOIN arraySlice(arrayFilter(one -> one.2 > 0, arrayZip(members, weights)), 1, 12) AS pair
) AS alike ON alike.member = course.webinar_id AND alike.minute = course.minute
-- By name: so that the others' persons are not even read.
WHERE course.webinar_id IN
(
    SELECT arrayJoin(arraySlice(arrayFilter((member, weight) -> weight > 0, members, weights), 1, 12))
    FROM usual
    WHERE webinar_id IN (SELECT webinar_id FROM webinars_at(at = {at:DateTime64(3, 'UTC')}) WHERE completeness = 'on_now')
)
    AND course.registered > 0
GROUP BY alike.webinar_id
HAVING n >= 3;
