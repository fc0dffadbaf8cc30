-- The timeline of each webinar that has begun as one array, a row a minute as timelines_at names them (timelines_at.sql): what
-- is kept of those that have ended (streams/jobs/ended_timelines.py). Ask for webinars by name: all of them are all persons.
-- Of each person only what changes is kept, as (key of what is counted and the minute, by how much), and summed by key.
CREATE OR REPLACE VIEW timeline_rows_at AS
SELECT
    webinar_id,
    begin_ms,
    arrayMap(
        counted -> arrayMap(
            minute -> summed.{sum.by}[indexOf(summed.{sum.key}, {minute_key counted, minute})], minutes),
        range({changed.length})
    ) AS changed,
    range(-30, intDiv(until_ms - begin_ms, 60000) + 1) AS minutes,
    arrayZip(
        minutes,
        arrayCumSum(changed[{changed.in_room}]),
        changed[{changed.joins}],
        changed[{changed.leaves}],
        arrayCumSum(changed[{changed.registered}]),
        {each watched: arrayCumSum(changed[{changed.{column}}])},
        arrayCumSum(changed[{changed.entered}])
    ) AS rows
FROM
(
    SELECT
        webinar_id,
        begin_ms,
        until_ms,
        sumMap(changes.{sum.key}, changes.{sum.by}) AS summed
    FROM
    (
        SELECT
            webinar_id,
            begin_ms,
            until_ms,
            arrayFilter(stay -> stay.{stay.start} >= begin_ms - 1800000, stays) AS joined,
            arrayFilter(stay -> stay.{stay.end} < until_ms, stays) AS left,
            arrayConcat(
                arrayMap(
                    stay -> (
                        {minute_key {changed.before.in_room},
                            greatest(-30, ceil((stay.{stay.start} - begin_ms) / 60000))}, 1),
                    stays),
                arrayMap(
                    stay -> (
                        {minute_key {changed.before.in_room},
                            greatest(-30, ceil((stay.{stay.end} - begin_ms) / 60000))}, -1),
                    left),
                arrayMap(
                    stay -> ({minute_key {changed.before.joins}, floor((stay.{stay.start} - begin_ms) / 60000)}, 1),
                    joined),
                arrayMap(
                    stay -> (
                        {minute_key {changed.before.leaves},
                            greatest(-30, floor((stay.{stay.end} - begin_ms) / 60000))}, 1),
                    left),
                -- Registered, came, stayed so long, in this order: as many as were reached.
                arrayMap(
                    (instant, place) -> (
                        {minute_key {changed.before.registered} + place - 1,
                            greatest(-30, ceil((instant - begin_ms) / 60000))}, 1),
                    reached, arrayEnumerate(reached)),
                arrayMap(
                    instant -> ({minute_key {changed.before.entered}, ceil((instant - begin_ms) / 60000)}, 1),
                    arraySlice(watched_at, {stayed.came}, 1))
            )::Array(Tuple(Int64, Int64)) AS changes
        FROM
        (
            SELECT
                webinar_id,
                begin_ms,
                until_ms,
                stays,
                arrayFilter(
                    stay -> stay.{stay.start} < stay.{stay.end},
                    arrayMap(stay -> (greatest(stay.{stay.start}, begin_ms), stay.{stay.end}), stays)
                ) AS live,
                arrayCumSum(stay -> stay.{stay.end} - stay.{stay.start}, live) AS watched,
                arrayMap(
                    enough -> live[arrayFirstIndex(sum -> sum >= enough, watched) AS place].{stay.end}
                        - (watched[place] - enough),
                    arrayFilter(enough -> watched[-1] >= enough, [{each watched: {ms}}])
                ) AS watched_at,
                if(registered_since < 0, [], arrayConcat(
                    [registered_since], arrayMap(instant -> greatest(instant, registered_since), watched_at)
                )) AS reached
            FROM stays_at(at = {at:DateTime64(3, 'UTC')})
            WHERE begun
        )
    )
    GROUP BY webinar_id, begin_ms, until_ms
);
