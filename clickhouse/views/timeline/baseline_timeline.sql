-- How the webinars like one went, minute by minute, as [lower quantile, middle, upper quantile]: eighty of a hundred lie
-- between them, the recent ones weighing more (the view baselines names them, ended_timelines has how they went). The counts of
-- those registered are shares of the registered, retention is the share of those who had come. Of shares the middle is
-- that of all of them together, of people in the room the median; for so many people typical_low and typical_high say the
-- band (alerts/detection/typical.py). Nulls where fewer than five lasted so long.
CREATE OR REPLACE VIEW baseline_timeline AS
SELECT
    minute,
    n,
    if(n >= 5, bands[{bands.in_room}], unknown) AS in_room_band,
    if(n >= 5 AND minute >= 5, bands[{bands.retention}], unknown) AS retention_band,
    if(n >= 5 AND minute >= 0, together[{stayed.came}], unknown) AS came_band,
    {each stayed: if(n >= 5 AND minute >= {minutes}, together[{stayed.{column}}], unknown) AS {column}_band}
FROM
(
    SELECT
        row.minute AS minute,
        count() AS n,
        quantilesExactWeightedForEach(0.1, 0.5, 0.9)(
            arrayConcat(
                [toFloat64(row.in_room), row.in_room / greatest(row.entered, row.in_room, 1)],
                arrayMap(people -> people / row.registered, row.watched)),
            arrayResize([peer.weight], {bands.length}, peer.weight)
        )::Array(Array(Nullable(Float64))) AS bands,
        arrayMap(
            (band, people) -> [band[{band.low}], people / sum_registered, band[{band.high}]],
            arraySlice(bands, {bands.came}),
            sumForEach(arrayMap(people -> people * peer.weight, row.watched))
        )::Array(Array(Nullable(Float64))) AS together,
        sum(peer.weight * row.registered) AS sum_registered,
        [NULL, NULL, NULL]::Array(Nullable(Float64)) AS unknown
    FROM
    (
        SELECT pair.{member.webinar_id} AS webinar_id, pair.{member.weight} AS weight
        FROM baselines AS baseline
        ARRAY JOIN {peers_of baseline} AS pair
        WHERE baseline.webinar_id = {webinar_id:String}
    ) AS peer
    INNER JOIN
    (
        SELECT webinar_id, arrayJoin(timeline) AS row
        FROM ended_timelines FINAL
        -- By name: so that the others' timelines are not even read.
        WHERE thresholds = {thresholds}
            AND webinar_id IN (SELECT arrayJoin(members) FROM baselines AS baseline WHERE webinar_id = {webinar_id:String})
    ) AS timeline ON timeline.webinar_id = peer.webinar_id
    WHERE row.registered > 0
    GROUP BY row.minute
);
