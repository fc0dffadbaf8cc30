SELECT
    local_start, title, platform, completeness, region, course, language, format,
    -- Of a part of the people nobody tells them.
    if({everybody}, top.invited, NULL) AS invited,
    if({everybody}, top.page_views, NULL) AS page_views,
    numbers[{n.registrations}] AS registrations,
    numbers[{n.registered_later}] AS registered_later,
    numbers[{n.visits_all}] AS visits_all,
    {each step: numbers[{n.visits{ending}}] AS visits{ending}},
    numbers[{n.walk_ins}] AS walk_ins,
    {each step: numbers[{n.registered_visits{ending}}] AS registered_visits{ending}},
    {no_shows numbers} AS no_shows,
    numbers[{n.watch_seconds}] AS watch_seconds,
    numbers[{n.watch_seconds}] / nullIf(numbers[{n.visits}], 0) AS average_watch_seconds,
    if({everybody}, watching.median_watch_seconds, NULL) AS median_watch_seconds,
    if({everybody}, watching.peak_viewers, NULL) AS peak_viewers,
    100 * numbers[{n.registered_visits}] / nullIf(numbers[{n.registrations_begun}], 0) AS conversion,
    {each remaining: 100 * numbers[{n.registered_visits{ending}}] / nullIf(numbers[{n.registrations{ending}}], 0) AS conversion{ending}},
    {each stayed: 100 * numbers[{n.registered_visits{ending}}] / nullIf(numbers[{n.registered_visits}], 0) AS {column}_of_came},
    100 * numbers[{n.registered_visits_full}] / nullIf(numbers[{n.registered_visits}], 0) AS watched_full_of_came,
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
        webinar.region AS region,
        webinar.course AS course,
        webinar.language AS language,
        webinar.format AS format,
        webinar.begin_ms AS begin_ms,
        webinar.end_ms AS end_ms,
        sumForEach(webinar.numbers) AS numbers
    FROM {numbers} AS webinar
    WHERE $__timeFilter_ms(webinar.starts) AND {named} AND {filters}
    GROUP BY ALL
) AS summed
LEFT JOIN watching_at(at = {at}) AS watching ON watching.webinar_id = summed.webinar_id
LEFT JOIN top_at(at = {at}) AS top ON top.webinar_id = summed.webinar_id
ORDER BY starts DESC, webinar_id
