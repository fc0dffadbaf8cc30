SELECT
    raw_source,
    of AS registrations,
    100 * of / nullIf(sum(of) OVER (), 0) AS share,
    {conversion part, of} AS conversion,
    {conversion before_part, before_of} AS conversion_before,
    if(earlier = 0, 'New', '') AS new,
    arrayStringConcat(arrayFilter(one -> one != '', [medium, campaign]), ' · ') AS medium_and_campaign,
    {source_name found.source_group} AS source_group
FROM
(
    SELECT
        source_group, raw_source, medium, campaign,
        sumIf(registrations_begun, now) AS of,
        sumIf(registered_visits, now) AS part,
        sumIf(registrations_begun, before) AS before_of,
        sumIf(registered_visits, before) AS before_part,
        sumIf(registrations, NOT now) AS earlier
    FROM
    (
        SELECT
            webinar.source_group AS source_group,
            webinar.raw_source AS raw_source,
            webinar.medium AS medium,
            webinar.campaign AS campaign,
            webinar.registrations AS registrations,
            webinar.registrations_begun AS registrations_begun,
            webinar.registered_visits AS registered_visits,
            {periods}
        FROM {raw_sources} AS webinar
        WHERE webinar.starts <= $__toTime_ms AND webinar.completeness = 'final'
            AND $__conditionalAll(has({all_chosen inside}, webinar.source_group), $inside) AND {filters}
    )
    GROUP BY source_group, raw_source, medium, campaign
    HAVING of + before_of > 0
) AS found
ORDER BY registrations DESC, source_group, raw_source, medium, campaign
LIMIT 200
