-- {timeline_of}: the timeline of a webinar as timeline_rows_at has it, of `summed`: the changes of its people by {minute_key}.
arrayMap(
    counted -> arrayMap(
        minute -> summed.{sum.by}[indexOf(summed.{sum.key}, {minute_key counted, minute})], minutes),
    range({changed.length})
) AS changed,
range(-30, intDiv(until_ms - begin_ms, 60000) + 1) AS minutes,
arrayZip(
    minutes,
    arrayCumSum(changed[{changed.in_room}]),
    changed[{changed.joins}],
    changed[{changed.leaves}],
    arrayCumSum(changed[{changed.registered}]),
    {each watched: arrayCumSum(changed[{changed.{column}}])},
    arrayCumSum(changed[{changed.entered}])
) AS rows
