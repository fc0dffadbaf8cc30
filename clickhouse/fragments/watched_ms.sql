-- {watched_ms}: the watch time of a row of stays_at, ms; `live` is {live_stays}.
if(
    told_ms >= 0,
    told_ms,
    arraySum(stay -> stay.{stay.end} - greatest(stay.{stay.start}, begin_ms), live))
