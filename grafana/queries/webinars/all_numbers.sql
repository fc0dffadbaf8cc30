SELECT
    local_start, title, platform, completeness,
    -- Of a part of the people nobody tells them.
    if({everybody}, top.invited, NULL) AS invited,
    if({everybody}, top.page_views, NULL) AS page_views,
    numbers[1] AS registrations,
    numbers[2] AS registered_later,
    numbers[3] AS visits_all,
    numbers[4] AS visits,
    numbers[5] AS visits_5m,
    numbers[6] AS visits_30m,
    numbers[7] AS visits_full,
    numbers[8] AS walk_ins,
    numbers[11] AS registered_visits,
    numbers[12] AS registered_visits_5m,
    numbers[13] AS registered_visits_30m,
    numbers[14] AS registered_visits_full,
    numbers[11] / nullIf(numbers[15], 0) AS conversion,
    numbers[12] / nullIf(numbers[16], 0) AS conversion_5m,
    numbers[13] / nullIf(numbers[17], 0) AS conversion_30m,
    numbers[14] / nullIf(numbers[18], 0) AS conversion_full,
    numbers[12] / nullIf(numbers[11], 0) AS stayed_5m_of_came,
    numbers[13] / nullIf(numbers[11], 0) AS stayed_30m_of_came,
    numbers[14] / nullIf(numbers[11], 0) AS watched_full_of_came,
    numbers[9] AS recording_viewers,
    numbers[10] AS recording_views,
    summed.webinar_id AS webinar_id,
    begin_ms - 900000 AS from_ms,
    end_ms + 900000 AS to_ms
FROM
(
    SELECT
        webinar.webinar_id AS webinar_id,
        webinar.starts AS starts,
        webinar.local_start AS local_start,
        webinar.title AS title,
        webinar.platform AS platform,
        webinar.completeness AS completeness,
        webinar.begin_ms AS begin_ms,
        webinar.end_ms AS end_ms,
        sumForEach(webinar.numbers) AS numbers
    FROM {numbers} AS webinar
    WHERE $__timeFilter_ms(webinar.starts) AND {filters}
    GROUP BY ALL
) AS summed
LEFT JOIN top_at(at = {at}) AS top ON top.webinar_id = summed.webinar_id
ORDER BY starts DESC, webinar_id
