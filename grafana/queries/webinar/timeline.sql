SELECT
    timeline.minute AS minute,
    timeline.in_room AS in_room,
    band.in_room_band[{band.low}] AS in_room_low,
    band.in_room_band[{band.middle}] AS in_room_baseline,
    band.in_room_band[{band.high}] AS in_room_high,
    if(timeline.minute >= 5 AND timeline.entered >= 30, timeline.in_room / greatest(timeline.entered, timeline.in_room), NULL) AS retention,
    band.retention_band[{band.low}] AS retention_low,
    band.retention_band[{band.middle}] AS retention_baseline,
    band.retention_band[{band.high}] AS retention_high,
    if(timeline.minute >= 0 AND timeline.registered >= 30, timeline.came / timeline.registered, NULL) AS came,
    {typical_low band.came_band[{band.low}], timeline.registered} AS came_low,
    band.came_band[{band.middle}] AS came_baseline,
    {typical_high band.came_band[{band.high}], timeline.registered} AS came_high,
    {each stayed: if(timeline.registered >= 30, timeline.{column} / timeline.registered, NULL) AS {column},
    {typical_low band.{column}_band[{band.low}], timeline.registered} AS {column}_low,
    band.{column}_band[{band.middle}] AS {column}_baseline,
    {typical_high band.{column}_band[{band.high}], timeline.registered} AS {column}_high}
FROM timelines_at(at = {range_or_now}) AS timeline
LEFT JOIN baseline_timeline(webinar_id = {chosen webinar}) AS band ON band.minute = timeline.minute
WHERE timeline.webinar_id = {chosen webinar}
ORDER BY minute
