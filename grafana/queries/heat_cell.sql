-- {heat_cell of, value, said, total, spread, most}: what a cell of a heat map says, and behind a bar how it is coloured: a
-- share by how far it lies from the total of its row, in fourths of the greatest distance; a count in eighths of the
-- greatest. The total has no colour, and is in no scale.
multiIf(
            {value} IS NULL, NULL,
            {value} < 0, concat('Too few (n=', toString(toInt64(-assumeNotNull({value}))), ')'),
            {of} = 'Total', {said},
            startsWith({chosen measure}, 'conversion') OR {chosen measure} = 'side_by_side', concat({said}, '|d',
                toString(if({total} < 0 OR {spread} = 0, 0, toInt8(round(4 * ({value} - {total}) / {spread}))))),
            concat({said}, '|c', toString(if({most} = 0, 0, toInt8(ceil(8 * {value} / {most}))))))
