SELECT
    timeline.minute AS minute,
    timeline.leaves AS lost,
    100 * timeline.leaves / timeline.in_room AS share,
    formatDateTime(
        addMilliseconds(whole.local_time, toUnixTimestamp64Milli(timeline.moment) - whole.begin_ms), '%H:%i') AS moment
FROM timelines_at(at = {range_or_now}) AS timeline
INNER JOIN
(
    SELECT webinar_id, local_time, begin_ms, if(ended, end_ms, NULL) AS ended_ms
    FROM webinar_list(at = {range_or_now})
) AS whole ON whole.webinar_id = timeline.webinar_id
WHERE timeline.webinar_id = {chosen webinar} AND timeline.minute >= 0
    -- Whether one or two leave is chance.
    AND timeline.leaves >= 3 AND timeline.leaves >= 0.03 * timeline.in_room
    -- Who leaves while goodbye is said has stayed to the end.
    AND ifNull(toUnixTimestamp64Milli(timeline.moment) < ended_ms - 180000, true)
ORDER BY lost DESC, minute
LIMIT 8
