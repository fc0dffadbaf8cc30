-- How the people of each webinar that has begun watched, at a moment, computed from the persons: the median of the watch
-- times, the most people in the room at one instant and the earliest such instant, ms (docs/contract.md, "Watching"). Null
-- where nobody did. Ask for webinars by name: all of them are all persons.
CREATE OR REPLACE VIEW computed_watching_at AS
SELECT
    webinar_id,
    {watching_of}
FROM
(
    SELECT
        webinar_id,
        {watching_sums},
        {room_changes} AS changes,
        arrayCumSum(changes.{sum.by}) AS numbers_in_room
    FROM
    (
        SELECT *, {live_stays} AS live, intDiv({watched_ms}, 1000) AS watch_seconds
        FROM stays_at(at = {at:DateTime64(3, 'UTC')})
        WHERE begun
    )
    GROUP BY webinar_id
);
