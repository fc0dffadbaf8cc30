-- {watching_of}: how people watched (computed_watching_at), of {watching_sums} and of `numbers_in_room`, the sums of the changes.
if(came > 0, middle, NULL) AS median_watch_seconds,
toUInt64(nullIf(arrayMax(arrayPushFront(numbers_in_room, 0)) AS most, 0)) AS peak_viewers,
if(most > 0, changes.{sum.key}[indexOf(numbers_in_room, most)], NULL) AS peak_ms
