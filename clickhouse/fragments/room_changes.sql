-- {room_changes}: how the number of people in a room changes since its start, of rows of stays_at: the instants in their
-- order, and by how many; `live` is {live_stays}.
sumMap(
    arrayConcat(
        arrayMap(stay -> greatest(stay.{stay.start}, begin_ms), live),
        arrayMap(stay -> stay.{stay.end}, live)),
    arrayConcat(arrayMap(stay -> 1, live), arrayMap(stay -> -1, live)))
