SELECT
    webinar_name,
    -- Of two cells that wrap, Grafana measures the one with more letters to its width, and makes room for no other: this
    -- one has to be it. Blanks at its end are neither seen nor measured.
    rightPadUTF8(found.sentence, 220) AS sentence,
    since, webinar_id, page, chosen, from_ms, to_ms
FROM
(
    SELECT
        1 AS place,
        multiIf(
            webinar.name != '', webinar.name,
            webinar.title = '', webinar.webinar_id,
            -- Two lines at most: beside a short sentence there is no place for more.
            if(lengthUTF8(webinar.title) > 32, concat(trimRight(substringUTF8(webinar.title, 1, 30)), '…'), webinar.title)
        ) AS webinar_name,
        concat(if(webinar.name = '', ifNull(concat({day_and_time webinar.local_time}, webinar.zone, ' · '), ''), ''), webinar.sentence) AS sentence,
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
            listed.local_time AS local_time,
            place.zone AS zone,
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
        LEFT JOIN zones AS place ON place.webinar_id = found.webinar_id
        WHERE found.since > {at} - INTERVAL 7 DAY
    ) AS webinar
    WHERE {webinar_filters}
    UNION ALL
    -- How many were looked at, and why others were not: that all is well is said only where it is known.
    SELECT
        2 AS place,
        if(not_judged = 0, 'Judged', 'Not judged') AS webinar_name,
        multiIf(
            not_judged > 0, concat(
                toString(not_judged), ' of ', toString(webinars), if(webinars = 1, ' webinar', ' webinars'),
                ' of these seven days: ',
                arrayStringConcat(
                    arrayMap(
                        (why, n) -> concat(trimRight(why, '.'), if(n = 1, '', concat(' (', toString(n), ')'))),
                        whys.{sum.key}, whys.{sum.by}),
                    ' · '),
                '.'),
            unusual > 0, concat('All ', toString(webinars), ' webinars of these seven days. The others are within their typical range.'),
            webinars = 1, 'The webinar of these seven days is within its typical range.',
            concat('All ', toString(webinars), ' webinars of these seven days are within their typical range.')) AS sentence,
        NULL AS since,
        '' AS webinar_id,
        'webinars' AS page,
        arrayStringConcat(['${region:queryparam}', '${course:queryparam}', '${language:queryparam}'], '&') AS chosen,
        toUnixTimestamp64Milli({at}) - 604800000 AS from_ms,
        toUnixTimestamp64Milli({at}) AS to_ms
    FROM
    (
        SELECT
            count() AS webinars,
            countIf(webinar.why != '') AS not_judged,
            countIf(webinar.webinar_id IN (SELECT webinar_id FROM unusual_at(at = {at}))) AS unusual,
            sumMapIf([webinar.why], [1], webinar.why != '') AS whys
        FROM
        (
            SELECT
                listed.webinar_id AS webinar_id,
                listed.region AS region, listed.course AS course, listed.language AS language, listed.format AS format,
                listed.completeness AS completeness, listed.weekday AS weekday, listed.platform AS platform,
                multiIf(
                    judged.webinar_id = '', 'not looked at yet by the workers',
                    judged.why != '', judged.why, judged.why_registrations) AS why
            FROM webinar_list(at = {at}) AS listed
            LEFT JOIN judgements_at(at = {at}) AS judged ON judged.webinar_id = listed.webinar_id
            WHERE listed.begun AND listed.completeness != 'cancelled' AND listed.starts > {at} - INTERVAL 7 DAY
        ) AS webinar
        WHERE {webinar_filters}
    )
    WHERE webinars > 0
    UNION ALL
    SELECT
        3 AS place,
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
    -- Nor of a moment before all that is known.
    SELECT
        0 AS place,
        'Nothing known' AS webinar_name,
        concat('Nothing was known at this moment: the first webinar known began on ',
            replaceOne(formatDateTime(fromUnixTimestamp64Milli(first_begin, 'UTC'), '%a %e %b %Y'), '  ', ' '), '.') AS sentence,
        NULL AS since,
        '' AS webinar_id,
        'webinars' AS page,
        '' AS chosen,
        first_begin - 604800000 AS from_ms,
        first_begin + 2419200000 AS to_ms
    FROM (SELECT countIf(begun) AS begun_by_then, min(begin_ms) AS first_begin FROM webinar_list(at = {at}))
    -- One that is known and still to come is no past.
    WHERE begun_by_then = 0 AND first_begin > toUnixTimestamp64Milli({at}) AND first_begin < toUnixTimestamp64Milli(now64(3))
    UNION ALL
    -- Where nothing is known nobody can say that nothing needs attention.
    SELECT
        step - 6 AS place,
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
) AS found
ORDER BY place, since DESC
LIMIT 30
