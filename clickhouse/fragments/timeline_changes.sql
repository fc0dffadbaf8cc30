-- {timeline_changes}: what one person changes in the timeline of a webinar, of {timeline_reached}: (key of what is counted and the
-- minute, by how much).
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
)::Array(Tuple(Int64, Int64)) AS minute_changes
