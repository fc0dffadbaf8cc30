-- How many people are typically in the room of each webinar that is on, minute by minute until now, as
-- [lower quantile, middle, upper quantile] of the same earlier webinars as in baseline_timeline. Nothing where fewer than
-- five lasted so long.
CREATE OR REPLACE VIEW room_baselines_at AS
SELECT
    peer.webinar_id AS webinar_id,
    fromUnixTimestamp64Milli(peer.begin_at + 60000 * row.minute, 'UTC') AS moment,
    quantilesExactWeighted(0.1, 0.5, 0.9)(toFloat64(row.in_room), peer.pair.{member.weight}) AS in_room_band
FROM
(
    SELECT
        on_now.webinar_id AS webinar_id,
        on_now.begin_at AS begin_at,
        intDiv(on_now.at_ms - on_now.begin_at, 60000) AS minute,
        arrayJoin({peers_of baseline}) AS pair
    FROM baselines AS baseline
    INNER JOIN
    (
        SELECT webinar_id, begin_at, at_ms
        FROM on_now_ids(at = {at:DateTime64(3, 'UTC')})
        WHERE begun
    ) AS on_now ON on_now.webinar_id = baseline.webinar_id
) AS peer
INNER JOIN
(
    SELECT webinar_id, arrayJoin(timeline) AS row
    FROM ended_timelines FINAL
    -- By name: so that the others' timelines are not even read.
    WHERE thresholds = {thresholds} AND webinar_id IN
    (
        SELECT arrayJoin(members)
        FROM baselines AS baseline
        WHERE webinar_id IN (SELECT webinar_id FROM on_now_ids(at = {at:DateTime64(3, 'UTC')}))
    )
) AS timeline ON timeline.webinar_id = peer.pair.{member.webinar_id}
WHERE timeline.row.registered > 0 AND timeline.row.minute <= peer.minute
GROUP BY webinar_id, moment
HAVING count() >= 5;
