SELECT
    course.moment AS time,
    course.in_room AS in_room,
    band.in_room_band[{band.low}] AS in_room_low,
    band.in_room_band[{band.middle}] AS in_room_usual,
    band.in_room_band[{band.high}] AS in_room_high,
    if(course.minute >= 5 AND course.entered >= 30, course.in_room / greatest(course.entered, course.in_room), NULL) AS retention,
    band.retention_band[{band.low}] AS retention_low,
    band.retention_band[{band.middle}] AS retention_usual,
    band.retention_band[{band.high}] AS retention_high,
    if(course.minute >= 0 AND course.registered >= 30, course.came / course.registered, NULL) AS came,
    band.came_band[{band.low}] AS came_low,
    band.came_band[{band.middle}] AS came_usual,
    band.came_band[{band.high}] AS came_high,
    {each stayed: if(course.registered >= 30, course.{column} / course.registered, NULL) AS {column},
    band.{column}_band[{band.low}] AS {column}_low,
    band.{column}_band[{band.middle}] AS {column}_usual,
    band.{column}_band[{band.high}] AS {column}_high}
FROM courses_at(at = {range_or_now}) AS course
LEFT JOIN usual_course(webinar_id = {chosen webinar}) AS band ON band.minute = course.minute
WHERE course.webinar_id = {chosen webinar} AND $__timeFilter_ms(course.moment)
ORDER BY time
