SELECT
    course.moment AS time,
    concat(webinar.title, ' · ', substring(webinar.local_start, 12)) AS webinar_name,
    course.in_room AS Value
FROM courses_at(at = {shared_at}) AS course
INNER JOIN
(
    SELECT webinar.webinar_id AS webinar_id, webinar.title AS title, webinar.local_start AS local_start
    FROM on_now_list(at = {shared_at}) AS webinar
    WHERE {webinar_filters}
) AS webinar ON webinar.webinar_id = course.webinar_id
WHERE course.webinar_id IN (SELECT webinar_id FROM on_now_ids(at = {shared_at}))
ORDER BY time
