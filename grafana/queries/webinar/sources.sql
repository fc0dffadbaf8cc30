SELECT
    source_group,
    multiIf(
        ifNull(numbers[15], 0) = 0, NULL,
        numbers[15] < 30, printf('%.1f %% (n=%d)', 100 * numbers[11] / numbers[15], assumeNotNull(numbers[15])),
        printf('%.1f %%', 100 * numbers[11] / numbers[15])) AS conversion,
    multiIf(
        ifNull(numbers[17], 0) = 0, NULL,
        numbers[17] < 30, printf('%.1f %% (n=%d)', 100 * numbers[13] / numbers[17], assumeNotNull(numbers[17])),
        printf('%.1f %%', 100 * numbers[13] / numbers[17])) AS conversion_30m,
    numbers[1] AS registrations,
    if(total = 0, NULL, numbers[1] / total) AS share,
    numbers[11] AS registered_visits,
    numbers[8] AS walk_ins
FROM
(
    SELECT shown.source_group AS source_group, shown.numbers AS numbers, sum(numbers[1]) OVER () AS total
    FROM numbers_at(at = {range_or_now}) AS shown
    WHERE shown.webinar_id = {chosen webinar} AND shown.source_group != ''
)
ORDER BY registrations DESC, source_group
