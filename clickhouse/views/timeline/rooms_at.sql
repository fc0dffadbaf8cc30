-- The room of each webinar at a moment: who is in it, who waits there before it begins, and the most at once since it
-- began; and how many are registered, opened the room and stayed, as the funnel counts them. Of one that has ended: who
-- was in it at its end. Exact, where timelines_at has an instant a minute. Ask for webinars by name: all of them are all
-- persons.
CREATE OR REPLACE VIEW rooms_at AS
SELECT
    webinar_id,
    begun,
    {room_of},
    registered,
    visits_all,
    walk_ins,
    {each watched: stayed[{stayed.{column}}] AS {column}}
FROM
(
    SELECT
        webinar_id,
        begun,
        {room_sums}
    FROM
    (
        SELECT *, {live_stays} AS live
        FROM stays_at(at = {at:DateTime64(3, 'UTC')})
    )
    GROUP BY webinar_id, begun
);
