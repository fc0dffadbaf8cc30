-- {reached_by_intervals}: the same from the intervals alone, as streams/fold/row.py, reached, computes it.
arrayMap(
    enough -> arrayMin(arrayPushBack(
        arrayMap(
            (end, watched) -> if(watched >= enough, end - (watched - enough), toInt64({never})),
            interval_end,
            arrayCumSum((start, end) -> greatest(0, end - greatest(start, begin_used)), interval_start, interval_end)),
        toInt64({never}))),
    [{each stayed: {ms}}])
