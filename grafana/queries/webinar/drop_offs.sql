SELECT
    timeline.minute AS minute,
    timeline.leaves AS lost,
    100 * timeline.leaves / timeline.in_room AS share,
    toUnixTimestamp64Milli(timeline.moment) AS moment
FROM timelines_at(at = {range_or_now}) AS timeline
INNER JOIN
(
    SELECT webinar_id, if(ended, end_ms, NULL) AS ended_ms FROM windows_at(at = {range_or_now})
) AS whole ON whole.webinar_id = timeline.webinar_id
WHERE timeline.webinar_id = {chosen webinar} AND timeline.minute >= 0
    -- Whether one or two leave is chance.
    AND timeline.leaves >= 3 AND timeline.leaves >= 0.03 * timeline.in_room
    -- Who leaves while goodbye is said has stayed to the end.
    AND ifNull(toUnixTimestamp64Milli(timeline.moment) < ended_ms - 180000, true)
ORDER BY lost DESC, minute
LIMIT 8
