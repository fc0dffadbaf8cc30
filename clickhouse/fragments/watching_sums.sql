-- {watching_sums}: what computed_watching_at is made of beside {room_changes} AS changes, of people with `watch_seconds`.
countIf(watch_seconds > 0) AS came,
-- Of an even number: the mean of the two in the middle.
quantileExactInclusiveIf(0.5)(watch_seconds, watch_seconds > 0) AS middle
