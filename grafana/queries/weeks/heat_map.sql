-- Each cell is a text, behind which stands how it is coloured (grafana/heat.py).
SELECT
    cell.{cell.week} AS week,
    if({chosen by} = 'source', {source_name cell.{cell.of}}, cell.{cell.of}) AS of,
    nullIf(cells[indexOf(places, cell)], '') AS value
FROM
(
    SELECT
        arrayReverseSort(groupUniqArray(label)) AS weeks,
        -- In the same order whatever the first week has.
        arraySort(one -> (one != 'Total', one = 'Other', lowerUTF8(one), one), groupUniqArray(of)) AS all_of,
        groupArray((label, of)) AS places,
        groupArray(ifNull({heat_cell of, value, said, total, spread, most}, '')) AS cells,
        arrayJoin(arrayFlatten(arrayMap(one -> arrayMap(other -> (one, other), all_of), weeks))) AS cell
    FROM
    (
        SELECT
            *,
            max(if(of = 'Total' OR value < 0 OR total < 0, 0, abs(value - total))) OVER () AS spread,
            max(if(of = 'Total', 0, value)) OVER () AS most
        FROM
        (
            SELECT
                concat(week, formatDateTime(monday, ' · %d %b'),
                    multiIf(live, ', live so far', max(unfinished) OVER (PARTITION BY monday), ', unfinished', '')) AS label,
                of,
                {measure} AS value,
                multiIf(
                    {chosen measure} = 'side_by_side', concat(
                        {thousands numbers[{n.registrations}]}, ' · ', {thousands numbers[{n.registered_visits}]}, ' · ',
                        {percent assumeNotNull(value)}),
                    bucket > 0, {percent assumeNotNull(value)},
                    {thousands toUInt64(assumeNotNull(value))}) AS said,
                maxIf(value, of = 'Total') OVER (PARTITION BY monday, live) AS total
            FROM {weeks_of}
        )
    )
)
