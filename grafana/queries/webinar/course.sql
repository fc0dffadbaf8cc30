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
    if(course.registered >= 30, course.stayed_5m / course.registered, NULL) AS stayed_5m,
    band.stayed_5m_band[{band.low}] AS stayed_5m_low,
    band.stayed_5m_band[{band.middle}] AS stayed_5m_usual,
    band.stayed_5m_band[{band.high}] AS stayed_5m_high,
    if(course.registered >= 30, course.stayed_30m / course.registered, NULL) AS stayed_30m,
    band.stayed_30m_band[{band.low}] AS stayed_30m_low,
    band.stayed_30m_band[{band.middle}] AS stayed_30m_usual,
    band.stayed_30m_band[{band.high}] AS stayed_30m_high
FROM courses_at(at = {range_or_now}) AS course
LEFT JOIN usual_course(webinar_id = {chosen webinar}) AS band ON band.minute = course.minute
WHERE course.webinar_id = {chosen webinar} AND $__timeFilter_ms(course.moment)
ORDER BY time
