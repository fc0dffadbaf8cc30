-- What is typical for each webinar that is on, at the minute that it has come to: [lower quantile, rate of all of them,
-- upper quantile] of its conversions, of the same earlier webinars as in baseline_timeline, each as it stood at that minute.
-- For so many people typical_low and typical_high say the band. No row where fewer than five lasted so long.
CREATE OR REPLACE VIEW baselines_now_at AS
SELECT
    peer.webinar_id AS webinar_id,
    count() AS n,
    {each watched: arrayConcat(
        [quantileExactWeighted(0.1)(row.watched[{stayed.{column}}] / row.registered, peer.pair.{member.weight})],
        [sum(peer.pair.{member.weight} * row.watched[{stayed.{column}}]) / sum(peer.pair.{member.weight} * row.registered)],
        [quantileExactWeighted(0.9)(row.watched[{stayed.{column}}] / row.registered, peer.pair.{member.weight})]) AS {column}_band}
FROM
(
    SELECT
        on_now.webinar_id AS webinar_id,
        on_now.minute AS minute,
        arrayJoin({peers_of baseline}) AS pair
    FROM baselines AS baseline
    INNER JOIN
    (
        SELECT webinar_id, intDiv(at_ms - begin_at, 60000) AS minute
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
) AS timeline ON timeline.webinar_id = peer.pair.{member.webinar_id} AND timeline.row.minute = peer.minute
WHERE row.registered > 0
GROUP BY webinar_id
HAVING n >= 5;
