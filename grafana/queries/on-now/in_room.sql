SELECT
    timeline.moment AS time,
    concat({shortened webinar.title}, ' · ', substring(webinar.local_start, 12)) AS webinar_name,
    timeline.in_room AS Value
FROM timelines_at(at = {shared_at}) AS timeline
INNER JOIN
(
    SELECT webinar.webinar_id AS webinar_id, webinar.title AS title, webinar.local_start AS local_start
    FROM on_now_list(at = {shared_at}) AS webinar
    WHERE {webinar_filters}
) AS webinar ON webinar.webinar_id = timeline.webinar_id
WHERE timeline.webinar_id IN (SELECT webinar_id FROM on_now_ids(at = {shared_at}))
ORDER BY time
