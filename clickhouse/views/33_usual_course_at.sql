-- How the latest twelve webinars like one went, minute by minute, as [low, middle, high]: eighty of a hundred lie between
-- low and high, the recent ones weighing more (the view usual names them). Nulls where fewer than three lasted so long.
-- The counts of those registered are shares of the registered, retention is the share of those who had come.
CREATE OR REPLACE VIEW usual_course_at AS
SELECT
    minute,
    n,
    if(n >= 3, bands[1], unknown) AS in_room_band,
    if(n >= 3 AND minute >= 5, bands[2], unknown) AS retention_band,
    if(n >= 3 AND minute >= 0, bands[3], unknown) AS came_band,
    if(n >= 3 AND minute >= 5, bands[4], unknown) AS stayed_5m_band,
    if(n >= 3 AND minute >= 30, bands[5], unknown) AS stayed_30m_band
FROM
(
    SELECT
        course.minute AS minute,
        count() AS n,
        quantilesExactWeightedForEach(0.1, 0.5, 0.9)(
            [
                toFloat64(course.in_room),
                course.in_room / greatest(course.entered, course.in_room, 1),
                course.came / course.registered,
                ifNull(course.stayed_5m, 0) / course.registered,
                ifNull(course.stayed_30m, 0) / course.registered
            ],
            arrayResize([alike.weight], 5, alike.weight)
        )::Array(Array(Nullable(Float64))) AS bands,
        [NULL, NULL, NULL]::Array(Nullable(Float64)) AS unknown
    FROM courses_at(at = {at:DateTime64(3, 'UTC')}) AS course
    INNER JOIN
    (
        SELECT pair.1 AS webinar_id, pair.2 AS weight
        FROM usual
        ARRAY JOIN arraySlice(arrayFilter(one -> one.2 > 0, arrayZip(members, weights)), 1, 12) AS pair
        WHERE usual.webinar_id = {webinar_id:String}
    ) AS alike ON alike.webinar_id = course.webinar_id
    -- By name: so that the others' persons are not even read.
    WHERE course.webinar_id IN
    (
        SELECT arrayJoin(arraySlice(arrayFilter((member, weight) -> weight > 0, members, weights), 1, 12))
        FROM usual
        WHERE webinar_id = {webinar_id:String}
    )
        AND course.registered > 0
    GROUP BY course.minute
);
