SELECT
    time,
    line.{curve.name} AS webinar_name,
    line.{curve.value} AS Value
FROM
(
    SELECT
        point.time AS time,
        arrayJoin(multiIf(
            empty(point.band), [(webinar.name, point.in_room)],
            -- A band is that of one room: of several they would lie over each other.
            uniqExactIf(point.webinar_id, notEmpty(point.band)) OVER () = 1, [
                ('Typical, lower end', point.band[{band.low}]),
                ('Typical', point.band[{band.middle}]),
                ('Typical, upper end', point.band[{band.high}])],
            [(concat('Typical · ', webinar.name), point.band[{band.middle}])]
        )) AS line
    FROM
    (
        SELECT webinar_id, moment AS time, toFloat64(in_room) AS in_room, []::Array(Float64) AS band
        FROM timelines_at(at = {shared_at})
        WHERE webinar_id IN (SELECT webinar_id FROM on_now_ids(at = {shared_at}))
        UNION ALL
        SELECT webinar_id, moment AS time, 0 AS in_room, in_room_band AS band
        FROM room_baselines_at(at = {shared_at})
    ) AS point
    INNER JOIN
    (
        SELECT
            webinar.webinar_id AS webinar_id,
            concat({shortened webinar.title}, ' · ', formatDateTime(webinar.local_time, '%H:%i')) AS name
        FROM on_now_list(at = {shared_at}) AS webinar
        WHERE {webinar_filters}
    ) AS webinar ON webinar.webinar_id = point.webinar_id
)
ORDER BY time
