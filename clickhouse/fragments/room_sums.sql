-- {room_sums}: what a room is made of (rooms_at), of rows of stays_at with `live`: {live_stays}.
countIf(arrayExists(stay -> stay.{stay.end} = until_ms, stays)) AS here,
countIf(registered_since >= 0) AS registered,
countIf(opened) AS visits_all,
countIf(opened AND registered_since < 0) AS walk_ins,
sumForEach(arrayMap(
    enough -> toUInt64(registered_since >= 0
        AND {watched_ms} >= enough),
    [{each watched: {ms}}])) AS stayed,
{room_changes} AS changes
