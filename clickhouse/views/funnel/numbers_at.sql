-- The numbers of each webinar by source group at a moment, with what the dashboards' filters look at: what their panels
-- sum. A webinar without anybody has one row, with no source group. Null before a number can exist, and where the
-- service does not tell it, as in the views funnel and funnel_by_source.
-- The numbers are one array, which panels sum with sumForEach: each column that is carried through a view costs planning
-- time (docs/decisions/0007). The last ones are the registrations of which a conversion is a share: that of a group is
-- sum(registered_visits…) / sum(registrations_…), as funnel report has it.
CREATE OR REPLACE VIEW numbers_at AS
SELECT
    webinar.webinar_id AS webinar_id,
    counted.source_group AS source_group,
    {numbers_columns webinar},
    arrayMap(
        (count, exists) -> if(exists AND count >= 0, count, NULL),
        arrayResize(counted.numbers, {n.length}, 0),
        {number_exists webinar, counted.totals_only}
    ) AS numbers
FROM webinar_list(at = {at:DateTime64(3, 'UTC')}) AS webinar
LEFT JOIN
(
    SELECT
        webinar_id,
        source_group,
        arrayConcat(
            summed,
            [{each step: summed[{n.registrations}]}]
        )::Array(Int64) AS numbers,
        false AS totals_only
    FROM counts_at(at = {at:DateTime64(3, 'UTC')})
    UNION ALL
    SELECT
        webinar_id,
        {not_by_source} AS source_group,
        {numbers_as_said totals_only} AS numbers,
        true AS totals_only
    FROM totals_only
) AS counted ON counted.webinar_id = webinar.webinar_id
    -- Totals count once it has ended.
    AND counted.totals_only <= webinar.ended;
