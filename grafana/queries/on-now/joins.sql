SELECT
    toStartOfMinute(course.moment) AS time,
    sum(course.joins) AS joins,
    -toInt64(sum(course.leaves)) AS leaves
FROM courses_at(at = {shared_at}) AS course
WHERE course.webinar_id IN (SELECT webinar.webinar_id FROM on_now_list(at = {shared_at}) AS webinar WHERE {webinar_filters})
GROUP BY time
ORDER BY time
