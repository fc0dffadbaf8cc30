SELECT
    in_room, most_at_once, waiting, expected,
    {conversion came, registered} AS conversion
FROM
(
    SELECT
        ifNull(sum(room.in_room), 0) AS in_room,
        ifNull(sum(room.most_at_once), 0) AS most_at_once,
        ifNull(sum(room.waiting), 0) AS waiting,
        sum(if(baseline.conversion IS NULL, NULL, greatest(0, round(baseline.conversion * room.registered) - room.came)))
            AS expected,
        sumIf(room.registered, room.begun) AS registered,
        sumIf(room.came, room.begun) AS came
    FROM rooms_at(at = {shared_at}) AS room
    LEFT JOIN baselines AS baseline ON baseline.webinar_id = room.webinar_id
    WHERE room.webinar_id IN (SELECT webinar.webinar_id FROM on_now_list(at = {shared_at}) AS webinar WHERE {webinar_filters})
)
