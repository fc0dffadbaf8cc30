SELECT
    toStartOfMinute(timeline.moment) AS time,
    sum(timeline.joins) AS joins,
    -toInt64(sum(timeline.leaves)) AS leaves
FROM timelines_at(at = {shared_at}) AS timeline
WHERE timeline.webinar_id IN (SELECT webinar.webinar_id FROM on_now_list(at = {shared_at}) AS webinar WHERE {webinar_filters})
GROUP BY time
ORDER BY time
