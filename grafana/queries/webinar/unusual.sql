SELECT sentence
FROM
(
    SELECT sentence, since FROM unusual_at(at = {range_or_now}) WHERE webinar_id = {chosen webinar}
    UNION ALL
    -- First what is wrong with the numbers themselves.
    SELECT sentence, toDateTime64(0, 3, 'UTC') AS since FROM marks_at(at = {range_or_now})
    WHERE webinar_id = {chosen webinar}
)
ORDER BY since, sentence
