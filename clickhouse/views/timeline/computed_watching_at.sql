-- How the people of each webinar that has begun watched, at a moment, computed from the persons: the median of the watch
-- times, the most people in the room at one instant and the earliest such instant, ms (docs/contract.md, "Watching"). Null
-- where nobody did. Ask for webinars by name: all of them are all persons.
CREATE OR REPLACE VIEW computed_watching_at AS
SELECT
    webinar_id,
    if(came > 0, middle, NULL) AS median_watch_seconds,
    toUInt64(nullIf(arrayMax(arrayPushFront(in_room, 0)) AS most, 0)) AS peak_viewers,
    if(most > 0, changes.{sum.key}[indexOf(in_room, most)], NULL) AS peak_ms
FROM
(
    SELECT
        webinar_id,
        countIf(watch_seconds > 0) AS came,
        -- Of an even number: the mean of the two in the middle.
        quantileExactInclusiveIf(0.5)(watch_seconds, watch_seconds > 0) AS middle,
        {room_changes} AS changes,
        arrayCumSum(changes.{sum.by}) AS in_room
    FROM
    (
        SELECT *, {live_stays} AS live, intDiv({watched_ms}, 1000) AS watch_seconds
        FROM stays_at(at = {at:DateTime64(3, 'UTC')})
        WHERE begun
    )
    GROUP BY webinar_id
);
