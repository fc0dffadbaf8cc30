SELECT
    {source_name webinar.source_group} AS source_group,
    webinar.raw_source AS raw_source,
    uniqExact(webinar.medium, webinar.campaign) AS variants,
    uniqExact(webinar.webinar_id) AS webinars,
    sum(webinar.registrations) AS registrations
FROM {raw_sources} AS webinar
WHERE $__timeFilter_ms(webinar.starts) AND NOT webinar.sorted AND webinar.source_group != 'No source given' AND {filters}
GROUP BY source_group, raw_source
HAVING sum(webinar.registrations) > 0
ORDER BY sum(webinar.registrations) DESC, source_group, raw_source
LIMIT 200
