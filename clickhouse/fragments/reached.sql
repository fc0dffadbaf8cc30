-- {reached}: when the watch time of a row of persons reaches each of the buckets: as it was stored, or by its intervals where
-- it was stored for others.
if(thresholds = {thresholds}, reached_at, {reached_by_intervals})
