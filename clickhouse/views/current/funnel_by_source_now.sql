-- funnel_by_source as it is kept of now, of its columns those that pages ask for. What services say of page views is read
-- as it is: it is little.
CREATE OR REPLACE VIEW funnel_by_source_now AS
SELECT
    by_group.webinar_id AS webinar_id,
    by_group.source_group AS source_group,
    by_group.begun AS begun,
    if(by_group.totals_only, top.page_views, by_group.page_views) AS page_views,
    -- Of a service's totals a number may be unknown, of persons it never is.
    if(NOT by_group.totals_only AND summed[{n.registrations}] IS NULL, 0, summed[{n.registrations}]) AS registrations,
    if(NOT by_group.totals_only AND summed[{n.registered_visits}] IS NULL, 0, summed[{n.registered_visits}])
        AS registered_visits,
    {each remaining: by_group.summed[{n.registered_visits{ending}}] AS registered_visits{ending}},
    by_group.summed[{n.walk_ins}] AS walk_ins
FROM
(
    SELECT
        webinar_id,
        source_group,
        max(begun) AS begun,
        max(totals_only) AS totals_only,
        sum(page_views) AS page_views,
        sumForEach(own)::Array(Nullable(Int64)) AS summed
    FROM
    (
        SELECT
            webinar_id, one_group AS source_group, begun, totals_only, one_numbers AS own,
            NULL::Nullable(UInt64) AS page_views
        FROM (SELECT * FROM {current}) AS webinar
        ARRAY JOIN groups AS one_group, numbers AS one_numbers
        UNION ALL
        SELECT
            viewed.webinar_id, viewed.source_group, webinar.begun, false AS totals_only, webinar.nothing AS own,
            viewed.page_views
        FROM top_sources_at(at = {at:DateTime64(3, 'UTC')}) AS viewed
        INNER JOIN
        (
            SELECT
                webinar_id, begun,
                arrayMap(exists -> if(exists, 0, NULL), {number_exists webinars, false})::Array(Nullable(Int64)) AS nothing
            FROM (SELECT * FROM {current} AND NOT totals_only) AS webinars
        ) AS webinar ON webinar.webinar_id = viewed.webinar_id
    )
    GROUP BY webinar_id, source_group
) AS by_group
LEFT JOIN top_at(at = {at:DateTime64(3, 'UTC')}) AS top ON top.webinar_id = by_group.webinar_id;
