SELECT
    source_group,
    {conversion numbers[{n.registered_visits}], numbers[{n.registrations_begun}]} AS conversion,
    {conversion numbers[{n.registered_visits_30m}], numbers[{n.registrations_30m}]} AS conversion_30m,
    numbers[{n.registrations}] AS registrations,
    if(total = 0, NULL, numbers[{n.registrations}] / total) AS share,
    numbers[{n.registered_visits}] AS registered_visits,
    numbers[{n.walk_ins}] AS walk_ins
FROM
(
    SELECT shown.source_group AS source_group, shown.numbers AS numbers, sum(numbers[{n.registrations}]) OVER () AS total
    FROM numbers_at(at = {range_or_now}) AS shown
    WHERE shown.webinar_id = {chosen webinar} AND shown.source_group != ''
)
ORDER BY registrations DESC, source_group
