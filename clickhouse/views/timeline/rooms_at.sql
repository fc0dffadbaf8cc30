-- The room of each webinar at a moment: who is in it, who waits there before it begins, and the most at once since it
-- began; and how many are registered, opened the room and stayed, as the funnel counts them. Of one that has ended: who
-- was in it at its end. Exact, where courses_at has an instant a minute. Ask for webinars by name: all of them are all
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
    stayed[1] AS came,
    stayed[2] AS stayed_5m,
    stayed[3] AS stayed_30m,
    if(begun, arrayMax(arrayPushFront(arrayCumSum(changes.2), 0)), 0) AS most_at_once
FROM
(
    SELECT
        webinar_id,
        begun,
        countIf(arrayExists(stay -> stay.2 = until_ms, stays)) AS here,
        countIf(registered_since >= 0) AS registered,
        countIf(opened) AS visits_all,
        countIf(opened AND registered_since < 0) AS walk_ins,
        sumForEach(arrayMap(
            enough -> toUInt64(registered_since >= 0
                AND if(told_ms >= 0, told_ms, arraySum(stay -> stay.2 - greatest(stay.1, begin_ms), live)) >= enough),
            [1000, 300000, 1800000])) AS stayed,
        sumMap(
            arrayConcat(arrayMap(stay -> greatest(stay.1, begin_ms), live), arrayMap(stay -> stay.2, live)),
            arrayConcat(arrayMap(stay -> 1, live), arrayMap(stay -> -1, live))
        ) AS changes
    FROM
    (
        SELECT *, arrayFilter(stay -> stay.2 > begin_ms, stays) AS live
        FROM stays_at(at = {at:DateTime64(3, 'UTC')})
    )
    GROUP BY webinar_id, begun
);
