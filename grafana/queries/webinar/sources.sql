SELECT
    source_group,
    if(begun, {conversion registered_visits, registrations}, NULL) AS conversion,
    if(registered_visits_30m IS NULL, NULL, {conversion registered_visits_30m, registrations}) AS conversion_30m,
    page_views,
    registrations,
    if(total = 0, NULL, registrations / total) AS share,
    registered_visits,
    walk_ins
FROM
(
    SELECT
        shown.source_group AS source_group,
        shown.begun AS begun,
        shown.page_views AS page_views,
        shown.registrations AS registrations,
        shown.registered_visits AS registered_visits,
        shown.registered_visits_30m AS registered_visits_30m,
        shown.walk_ins AS walk_ins,
        sum(shown.registrations) OVER () AS total
    FROM funnel_by_source(at = {range_or_now}) AS shown
    WHERE shown.webinar_id = {chosen webinar}
)
ORDER BY registrations DESC, page_views DESC, source_group
