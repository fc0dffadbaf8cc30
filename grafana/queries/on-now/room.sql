SELECT
    ifNull(sum(room.in_room), 0) AS in_room,
    ifNull(sum(room.most_at_once), 0) AS most_at_once,
    ifNull(sum(room.waiting), 0) AS waiting,
    sum(if(usual.conversion IS NULL, NULL, greatest(0, round(usual.conversion * room.registered) - room.came))) AS expected
FROM rooms_at(at = {at}) AS room
LEFT JOIN usual ON usual.webinar_id = room.webinar_id
WHERE room.webinar_id IN (SELECT webinar.webinar_id FROM on_now_list(at = {at}) AS webinar WHERE {webinar_filters})
