SELECT
    course.minute AS minute,
    course.leaves AS lost,
    course.leaves / course.in_room AS share,
    toUnixTimestamp64Milli(course.moment) AS moment
FROM courses_at(at = {range_or_now}) AS course
INNER JOIN
(
    SELECT webinar_id, if(ended, end_ms, NULL) AS ended_ms FROM windows_at(at = {range_or_now})
) AS whole ON whole.webinar_id = course.webinar_id
WHERE course.webinar_id = {chosen webinar} AND course.minute >= 0
    -- Whether one or two leave is chance.
    AND course.leaves >= 3 AND course.leaves >= 0.03 * course.in_room
    -- Who leaves while goodbye is said has stayed to the end.
    AND ifNull(toUnixTimestamp64Milli(course.moment) < ended_ms - 180000, true)
ORDER BY lost DESC, minute
LIMIT 8
