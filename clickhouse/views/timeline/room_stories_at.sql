-- The room, the timeline, how people watched and when they registered lately, of each webinar at a moment, in one look at its
-- people: rooms_at, timeline_rows_at, computed_watching_at and registered_lately_at in one row, for what keeps all of them
-- (standing_at). Ask for webinars by name: all of them are all persons.
CREATE OR REPLACE VIEW room_stories_at AS
SELECT
    webinar_id,
    {room_of},
    registered,
    visits_all,
    walk_ins,
    stayed,
    arrayCumSum(changes.{sum.by}) AS numbers_in_room,
    {watching_of},
    {timeline_of},
    arrayZip(lately.{sum.key}, lately.{sum.by}) AS registered_minutes
FROM
(
    SELECT
        webinar_id,
        begun,
        begin_ms,
        until_ms,
        {room_sums},
        {watching_sums},
        sumMap(minute_changes.{sum.key}, minute_changes.{sum.by}) AS summed,
        sumMap(registered_lately, arrayMap(minute -> 1, registered_lately)) AS lately
    FROM
    (
        SELECT
            *,
            intDiv({watched_ms}, 1000) AS watch_seconds,
            {timeline_changes},
            arrayFilter(minute -> registered_since >= {at_ms} - 10800000, [{minute_of_ms registered_since}]) AS registered_lately
        FROM
        (
            SELECT *, {live_stays} AS live, {timeline_reached}
            FROM stays_at(at = {at:DateTime64(3, 'UTC')})
        )
    )
    GROUP BY webinar_id, begun, begin_ms, until_ms
);
