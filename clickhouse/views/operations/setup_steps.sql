-- The steps of a new installation in their order: what is there by the tables, or what to do. Not at a moment: what is
-- to be done is to be done now.
CREATE OR REPLACE VIEW setup_steps AS
SELECT
    step,
    ['Connect a service', 'Import the past', 'Map sources', 'Know what is typical', 'Invite people'][step] AS name,
    [services != '', webinars > 0, sources > 0 AND unmapped = 0, final_webinars >= 8, channels != ''][step] AS done,
    [
        if(services != '', concat('Data comes from ', services, '.'),
            'funnel setup asks what it needs; docs/services says where to find it.'),
        if(webinars > 0, concat(toString(webinars), if(webinars = 1, ' webinar is', ' webinars are'), ' known.'),
            'funnel setup reads it; or funnel import zoom-report FILE, funnel import table FILE, funnel connectors poll NAME --since DAY.'),
        multiIf(sources = 0, 'Waits for the first registrations. Then: business/sources.yaml.',
            unmapped = 0, concat('All ', toString(sources), ' sources have a group.'),
            concat(toString(unmapped), ' of ', toString(sources),
                ' sources have no group: name them in business/sources.yaml. The page Sources lists them.')),
        -- As many as alerts.detection.settings.DropSettings.enough_peers.
        if(final_webinars >= 8, concat(toString(final_webinars), ' final webinars of one format to compare with.'),
            concat(toString(final_webinars), ' of 8 final webinars of one format, needed before anything can be called typical.')),
        if(channels != '', concat('Messages go to ', channels, '.'),
            'Send them the address of this page. Alerts and the digest: set FUNNEL_ALERT_…, then funnel alerts test.')
    ][step] AS sentence,
    ['data-health', 'data-health', 'sources', 'webinars', 'data-health'][step] AS page,
    webinars
FROM
(
    SELECT
        (
            SELECT arrayStringConcat(arraySort(groupUniqArray(connector)), ', ')
            FROM connector_reports FINAL
            WHERE type = 'health' AND accepted > 0
                OR type = 'run' AND task IN ('poll', 'backfill') AND finished_at < {never} AND error = ''
        ) AS services,
        (SELECT count() FROM webinars FINAL) AS webinars,
        (SELECT count() FROM sources FINAL WHERE source_group NOT IN ('', 'No source given')) AS sources,
        (SELECT countIf(NOT sorted) FROM sources FINAL WHERE source_group NOT IN ('', 'No source given')) AS unmapped,
        (
            SELECT max(number)
            FROM
            (
                SELECT count() AS number FROM current_webinars FINAL
                WHERE completeness = 'final' AND has(tells, 'persons')
                GROUP BY format
            )
        ) AS final_webinars,
        (
            SELECT arrayStringConcat(arraySort(groupUniqArray(channel)), ', ')
            FROM alert_deliveries FINAL
            WHERE outcome = 'sent' AND channel != 'topic'
        ) AS channels
)
ARRAY JOIN [1, 2, 3, 4, 5] AS step;
