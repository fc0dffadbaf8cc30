SELECT sentence
FROM
(
    SELECT sentence, 1 AS place, toUnixTimestamp64Milli(since) AS since FROM unusual_at(at = {range_or_now})
    WHERE webinar_id = {chosen webinar}
    UNION ALL
    -- First what is wrong with the numbers themselves.
    SELECT sentence, 0 AS place, 0 AS since FROM marks_at(at = {range_or_now})
    WHERE webinar_id = {chosen webinar}
    UNION ALL
    -- What is not judged, and why. That all is well is said only where it is known.
    SELECT
        multiIf(
            why != '' AND why = why_registrations, concat('Not judged. ', why),
            why != '' AND why_registrations != '', concat('Not judged. ', why, ' ', why_registrations),
            why != '', concat('Rates are not judged. ', why),
            why_registrations != '', concat('Registrants are not judged. ', why_registrations),
            state = 'upcoming', 'Registrants are not expected to fall below the typical range.',
            state = 'live', 'Registrants and rates are within the typical range so far.',
            'Registrants and rates are within the typical range.') AS sentence,
        2 AS place,
        valid_from AS since
    FROM judgements_at(at = {range_or_now})
    WHERE webinar_id = {chosen webinar}
        AND (why != '' OR why_registrations != ''
            OR webinar_id NOT IN (SELECT webinar_id FROM unusual_at(at = {range_or_now})))
)
ORDER BY place, since, sentence
