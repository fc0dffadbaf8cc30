-- The course of each webinar that has begun as one array, a row a minute as courses_at names them (courses_at.sql): what
-- is kept of those that have ended (streams/ended_courses.py). Ask for webinars by name: all of them are all persons.
-- Of each person only what changes is kept, as (counted * 100000 + 1000 + minute, by how much), and summed by key.
CREATE OR REPLACE VIEW course_rows_at AS
SELECT
    webinar_id,
    begin_ms,
    arrayMap(
        counted -> arrayMap(minute -> summed.2[indexOf(summed.1, counted * 100000 + 1000 + minute)], minutes),
        range(8)
    ) AS changed,
    range(-30, intDiv(until_ms - begin_ms, 60000) + 1) AS minutes,
    arrayZip(
        minutes, arrayCumSum(changed[1]), changed[2], changed[3], arrayCumSum(changed[4]),
        arrayCumSum(changed[5]), arrayCumSum(changed[6]), arrayCumSum(changed[7]), arrayCumSum(changed[8])
    ) AS rows
FROM
(
    SELECT
        webinar_id,
        begin_ms,
        until_ms,
        sumMap(changes.1, changes.2) AS summed
    FROM
    (
        SELECT
            webinar_id,
            begin_ms,
            until_ms,
            arrayFilter(stay -> stay.1 >= begin_ms - 1800000, stays) AS joined,
            arrayFilter(stay -> stay.2 < until_ms, stays) AS left,
            arrayConcat(
                arrayMap(stay -> (1000 + greatest(-30, ceil((stay.1 - begin_ms) / 60000)), 1), stays),
                arrayMap(stay -> (1000 + greatest(-30, ceil((stay.2 - begin_ms) / 60000)), -1), left),
                arrayMap(stay -> (101000 + floor((stay.1 - begin_ms) / 60000), 1), joined),
                arrayMap(stay -> (201000 + greatest(-30, floor((stay.2 - begin_ms) / 60000)), 1), left),
                arrayMap(
                    (instant, place) ->
                        (301000 + 100000 * (place - 1) + greatest(-30, ceil((instant - begin_ms) / 60000)), 1),
                    reached, arrayEnumerate(reached)),
                arrayMap(
                    instant -> (701000 + ceil((instant - begin_ms) / 60000), 1), arraySlice(watched_at, 1, 1))
            )::Array(Tuple(Int64, Int64)) AS changes
        FROM
        (
            SELECT
                webinar_id,
                begin_ms,
                until_ms,
                stays,
                arrayFilter(stay -> stay.1 < stay.2, arrayMap(stay -> (greatest(stay.1, begin_ms), stay.2), stays))
                    AS live,
                arrayCumSum(stay -> stay.2 - stay.1, live) AS watched,
                arrayMap(
                    enough -> live[arrayFirstIndex(sum -> sum >= enough, watched) AS place].2
                        - (watched[place] - enough),
                    arrayFilter(enough -> watched[-1] >= enough, [1000, 300000, 1800000])
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
