SELECT
    day,
    registrations,
    if(n >= 5, band[{band.low}], NULL) AS registrations_low,
    if(n >= 5, band[{band.middle}], NULL) AS registrations_baseline,
    if(n >= 5, band[{band.high}], NULL) AS registrations_high
FROM
(
    SELECT
        day,
        max(if(own AND until_ms - 86400000 < at_ms, people, NULL)) AS registrations,
        countIf(NOT own) AS n,
        quantilesExactWeightedIf(0.1, 0.5, 0.9)(toFloat64(people), peer_weight, NOT own) AS band
    FROM
    (
        SELECT
            peer.own AS own,
            peer.peer_weight AS peer_weight,
            arrayJoin(range(-14, 1)) AS day,
            begin.begin_ms + 86400000 * day AS until_ms,
            toUnixTimestamp64Milli({range_or_now}) AS at_ms,
            countIf(stay.registered_since > 0 AND stay.registered_since <= until_ms) AS people
        FROM
        (
            SELECT {chosen webinar} AS webinar_id, toUInt64(1) AS peer_weight, 0 AS place, true AS own
            UNION ALL
            SELECT pair.{member.webinar_id} AS webinar_id, toUInt64(pair.{member.weight}) AS peer_weight, place, false AS own
            FROM
            (
                SELECT pair, rowNumberInAllBlocks() + 1 AS place
                FROM
                (
                    SELECT arrayJoin(arrayZip(members, weights)) AS pair
                    FROM baselines AS baseline
                    WHERE webinar_id = {chosen webinar}
                )
            )
            WHERE peer_weight > 0
        ) AS peer
        INNER JOIN begins_at(at = {range_or_now}) AS begin ON begin.webinar_id = peer.webinar_id
        LEFT JOIN
        (
            SELECT webinar_id, registered_since
            FROM stays_at(at = {range_or_now})
            WHERE webinar_id = {chosen webinar}
                OR webinar_id IN (SELECT arrayJoin(members) FROM baselines AS baseline WHERE webinar_id = {chosen webinar})
        ) AS stay ON stay.webinar_id = peer.webinar_id
        WHERE begin.begin_ms < {never}
        GROUP BY peer.webinar_id, own, place, peer_weight, day, begin.begin_ms
    )
    GROUP BY day
)
ORDER BY day
