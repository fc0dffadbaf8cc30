SELECT
    local_start, title, platform, completeness,
    -- Of a part of the people nobody tells them.
    if({everybody}, top.invited, NULL) AS invited,
    if({everybody}, top.page_views, NULL) AS page_views,
    numbers[{n.registrations}] AS registrations,
    numbers[{n.registered_later}] AS registered_later,
    numbers[{n.visits_all}] AS visits_all,
    numbers[{n.visits}] AS visits,
    numbers[{n.visits_5m}] AS visits_5m,
    numbers[{n.visits_30m}] AS visits_30m,
    numbers[{n.visits_full}] AS visits_full,
    numbers[{n.walk_ins}] AS walk_ins,
    numbers[{n.registered_visits}] AS registered_visits,
    numbers[{n.registered_visits_5m}] AS registered_visits_5m,
    numbers[{n.registered_visits_30m}] AS registered_visits_30m,
    numbers[{n.registered_visits_full}] AS registered_visits_full,
    numbers[{n.registered_visits}] / nullIf(numbers[{n.registrations_begun}], 0) AS conversion,
    numbers[{n.registered_visits_5m}] / nullIf(numbers[{n.registrations_5m}], 0) AS conversion_5m,
    numbers[{n.registered_visits_30m}] / nullIf(numbers[{n.registrations_30m}], 0) AS conversion_30m,
    numbers[{n.registered_visits_full}] / nullIf(numbers[{n.registrations_full}], 0) AS conversion_full,
    numbers[{n.registered_visits_5m}] / nullIf(numbers[{n.registered_visits}], 0) AS stayed_5m_of_came,
    numbers[{n.registered_visits_30m}] / nullIf(numbers[{n.registered_visits}], 0) AS stayed_30m_of_came,
    numbers[{n.registered_visits_full}] / nullIf(numbers[{n.registered_visits}], 0) AS watched_full_of_came,
    numbers[{n.recording_viewers}] AS recording_viewers,
    numbers[{n.recording_views}] AS recording_views,
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
