SELECT
    concat(ifNull(concat({day_and_time local_time}, zone, '\n'), ''), {shortened title}) AS webinar,
    if(unjudged_registrations, toString(numbers[{room.registered}]),
        {count_marked numbers[{room.registered}], registrations_low, registrations_high}) AS registrations,
    numbers[{room.came}] AS registered_visits,
    {each watched: shares[{share.conversion{ending}}] AS conversion{ending}},
    if(begun, toString(intDiv(toUnixTimestamp64Milli({shared_at}) - begin_ms, 60000)), 'not yet') AS minute,
    numbers[{room.visits_all}] AS visits_all,
    numbers[{room.walk_ins}] AS walk_ins,
    webinar_id,
    begin_ms - 900000 AS from_ms,
    begin_ms + 7200000 AS to_ms
FROM
(
    SELECT
        webinar.title AS title,
        webinar.local_time AS local_time,
        place.zone AS zone,
        webinar.begun AS begun,
        webinar.begin_ms AS begin_ms,
        webinar.webinar_id AS webinar_id,
        baseline.registrations_low AS registrations_low,
        baseline.registrations_high AS registrations_high,
        {not_judged webinar.webinar_id, why, {shared_at}} AS unjudged,
        {not_judged webinar.webinar_id, why_registrations, {shared_at}} AS unjudged_registrations,
        [room.registered, {each watched: room.{column}}, room.visits_all, room.walk_ins] AS numbers,
        arrayMap(
            (count, band, since) -> multiIf(
                NOT webinar.begun OR numbers[{room.registered}] = 0 OR webinar.window_ms < since, NULL,
                empty(band) OR numbers[{room.registered}] < 30 OR unjudged, {conversion count, numbers[{room.registered}]},
                {percent_marked 100 * count / numbers[{room.registered}],
                    {mark count / numbers[{room.registered}],
                        {typical_low band[{band.low}], numbers[{room.registered}]},
                        {typical_high band[{band.high}], numbers[{room.registered}]}}}),
            arraySlice(numbers, {room.came}, {stayed.length}),
            [{each watched: baseline_now.{column}_band}],
            [0, {each stayed: {ms}}]
        ) AS shares
    FROM on_now_list(at = {shared_at}) AS webinar
    LEFT JOIN
    (
        SELECT * FROM rooms_at(at = {shared_at}) WHERE webinar_id IN (SELECT webinar_id FROM on_now_ids(at = {shared_at}))
    ) AS room ON room.webinar_id = webinar.webinar_id
    LEFT JOIN baselines_now_at(at = {shared_at}) AS baseline_now ON baseline_now.webinar_id = webinar.webinar_id
    LEFT JOIN baselines AS baseline ON baseline.webinar_id = webinar.webinar_id
    LEFT JOIN zones AS place ON place.webinar_id = webinar.webinar_id
    WHERE {webinar_filters}
)
ORDER BY begin_ms, webinar_id
