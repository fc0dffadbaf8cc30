-- {room_of}: the room (rooms_at), of {room_sums}.
if(begun, here, 0) AS in_room,
if(begun, 0, here) AS waiting,
if(begun, arrayMax(arrayPushFront(arrayCumSum(changes.{sum.by}), 0)), 0) AS most_at_once
