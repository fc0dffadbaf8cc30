SELECT webinar_name, sentence, since, webinar_id, page, chosen, from_ms, to_ms
FROM
(
    SELECT
        1 AS place,
        multiIf(
            webinar.name != '', webinar.name,
            webinar.title = '', webinar.webinar_id,
            concat(webinar.title, ' · ', webinar.local_start)) AS webinar_name,
        webinar.sentence AS sentence,
        webinar.since_ms AS since,
        webinar.webinar_id AS webinar_id,
        if(webinar.dimension = '', 'webinar', 'webinars') AS page,
        -- Of an address: what it is about, and the filters that are chosen.
        arrayStringConcat([
            if(webinar.dimension = '', concat('var-webinar=', encodeURLComponent(webinar.webinar_id), '&'), ''),
            if(webinar.dimension = 'region', concat('var-region=', encodeURLComponent(webinar.region)),
                '${region:queryparam}'),
            '&',
            if(webinar.dimension = 'course', concat('var-course=', encodeURLComponent(webinar.course)),
                '${course:queryparam}'),
            '&',
            if(webinar.dimension = 'language', concat('var-language=', encodeURLComponent(webinar.language)),
                '${language:queryparam}')
        ]) AS chosen,
        if(webinar.dimension = '', webinar.begin_ms - 900000, webinar.since_ms - 604800000) AS from_ms,
        if(webinar.dimension = '', webinar.end_ms + 900000, toUnixTimestamp64Milli({at})) AS to_ms
    FROM
    (
        SELECT
            found.webinar_id AS webinar_id,
            found.name AS name,
            found.dimension AS dimension,
            found.sentence AS sentence,
            toUnixTimestamp64Milli(found.since)::Nullable(Int64) AS since_ms,
            listed.title AS title,
            listed.local_start AS local_start,
            listed.begin_ms AS begin_ms,
            listed.end_ms AS end_ms,
            -- What is of several webinars together is filtered by what they have in common.
            multiIf(found.dimension != 'region', listed.region, found.member = '', 'n/a', found.member) AS region,
            multiIf(found.dimension != 'course', listed.course, found.member = '', 'n/a', found.member) AS course,
            multiIf(found.dimension != 'language', listed.language, found.member = '', 'n/a', found.member) AS language,
            listed.format AS format,
            listed.completeness AS completeness,
            listed.weekday AS weekday,
            listed.platform AS platform
        FROM unusual_at(at = {at}) AS found
        LEFT JOIN webinar_list(at = {at}) AS listed ON listed.webinar_id = found.webinar_id
        WHERE found.since > {at} - INTERVAL 7 DAY
    ) AS webinar
    WHERE {webinar_filters}
    UNION ALL
    SELECT
        0 AS place,
        'Alerts are off' AS webinar_name,
        off.sentence AS sentence,
        toUnixTimestamp64Milli(off.since) AS since,
        '' AS webinar_id,
        'data-health' AS page,
        '' AS chosen,
        toUnixTimestamp64Milli({at}) - 10800000 AS from_ms,
        toUnixTimestamp64Milli({at}) AS to_ms
    FROM alerts_off_at(at = {at}) AS off
    -- Of the past nobody can say it for ever: signs of life are kept for a month.
    WHERE {at} > now64(3) - INTERVAL 1 DAY
    UNION ALL
    -- Where nothing is known nobody can say that nothing needs attention.
    SELECT
        step - 5 AS place,
        concat(toString(step), '. ', name, if(done, ' ✓', '')) AS webinar_name,
        concat(if(done, 'Done. ', 'To do: '), sentence) AS sentence,
        NULL AS since,
        '' AS webinar_id,
        page,
        '' AS chosen,
        toUnixTimestamp64Milli({at}) - 2419200000 AS from_ms,
        toUnixTimestamp64Milli({at}) AS to_ms
    FROM setup_steps
    WHERE webinars = 0
)
ORDER BY place, since DESC
LIMIT 30
