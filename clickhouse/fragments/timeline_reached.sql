-- {timeline_reached}: when one person, of a row of stays_at, registered, came and had stayed so long.
arrayFilter(
    stay -> stay.{stay.start} < stay.{stay.end},
    arrayMap(stay -> (greatest(stay.{stay.start}, begin_ms), stay.{stay.end}), stays)
) AS watched_stays,
arrayCumSum(stay -> stay.{stay.end} - stay.{stay.start}, watched_stays) AS watched,
arrayMap(
    enough -> watched_stays[arrayFirstIndex(sum -> sum >= enough, watched) AS place].{stay.end}
        - (watched[place] - enough),
    arrayFilter(enough -> watched[-1] >= enough, [{each watched: {ms}}])
) AS watched_at,
if(registered_since < 0, [], arrayConcat(
    [registered_since], arrayMap(instant -> greatest(instant, registered_since), watched_at)
)) AS reached
