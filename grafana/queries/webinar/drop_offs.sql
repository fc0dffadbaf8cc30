SELECT
    course.minute AS minute,
    course.leaves AS lost,
    course.leaves / course.in_room AS share,
    toUnixTimestamp64Milli(course.moment) AS moment
FROM courses_at(at = {range_or_now}) AS course
WHERE course.webinar_id = {chosen webinar} AND course.minute >= 0
    -- Whether one or two leave is chance.
    AND course.leaves >= 3 AND course.leaves >= 0.03 * course.in_room
ORDER BY lost DESC, minute
LIMIT 8
