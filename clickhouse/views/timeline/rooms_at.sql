-- The room of each webinar at a moment: who is in it, who waits there before it begins, and the most at once since it
-- began; and how many are registered, opened the room and stayed, as the funnel counts them. Of one that has ended: who
-- was in it at its end. Exact, where timelines_at has an instant a minute. Ask for webinars by name: all of them are all
-- persons.
CREATE OR REPLACE VIEW rooms_at AS
SELECT
    webinar_id,
    begun,
    if(begun, here, 0) AS in_room,
    if(begun, 0, here) AS waiting,
    registered,
    visits_all,
    walk_ins,
    {each watched: stayed[{stayed.{column}}] AS {column}},
    if(begun, arrayMax(arrayPushFront(arrayCumSum(changes.{sum.by}), 0)), 0) AS most_at_once
FROM
(
    SELECT
        webinar_id,
        begun,
        countIf(arrayExists(stay -> stay.{stay.end} = until_ms, stays)) AS here,
        countIf(registered_since >= 0) AS registered,
        countIf(opened) AS visits_all,
        countIf(opened AND registered_since < 0) AS walk_ins,
        sumForEach(arrayMap(
            enough -> toUInt64(registered_since >= 0
                AND {watched_ms} >= enough),
            [{each watched: {ms}}])) AS stayed,
        {room_changes} AS changes
    FROM
    (
        SELECT *, {live_stays} AS live
        FROM stays_at(at = {at:DateTime64(3, 'UTC')})
    )
    GROUP BY webinar_id, begun
);
