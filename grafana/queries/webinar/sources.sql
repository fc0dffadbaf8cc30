SELECT
    {source_name found.source_group} AS source_group,
    if(begun, {conversion registered_visits, registrations}, NULL) AS conversion,
    {each longest: if(registered_visits{ending} IS NULL, NULL, {conversion registered_visits{ending}, registrations}) AS conversion{ending}},
    page_views,
    registrations,
    if(total = 0, NULL, 100 * registrations / total) AS share,
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
        {each longest: shown.registered_visits{ending} AS registered_visits{ending}},
        shown.walk_ins AS walk_ins,
        sum(shown.registrations) OVER () AS total
    FROM funnel_by_source(at = {range_or_now}) AS shown
    WHERE shown.webinar_id = {chosen webinar}
) AS found
ORDER BY registrations DESC, page_views DESC, source_group
