-- numbers_of_people_at as it is kept of now, of all webinars whenever they begin. Where totals stand in for the people nobody
-- says which of them were new.
CREATE OR REPLACE VIEW numbers_of_people_now AS
SELECT
    webinar.webinar_id AS webinar_id,
    part.source_group AS source_group,
    {numbers_columns webinar},
    part.numbers AS numbers
FROM (SELECT * FROM {current}) AS webinar
LEFT JOIN
(
    SELECT webinar_id, arrayFilter(one -> one.people = {people:String}, parts) AS chosen
    FROM current_people FINAL
    WHERE thresholds = {thresholds}
) AS kept ON kept.webinar_id = webinar.webinar_id
ARRAY JOIN if(
    empty(kept.chosen) OR webinar.totals_only,
    [({people:String}, if(webinar.totals_only, {not_by_source}, ''),
        arrayMap(
            exists -> if(exists AND NOT webinar.totals_only, 0, NULL),
            {number_exists webinar, webinar.totals_only})::Array(Nullable(Int64)),
        [])]::Array(Tuple(people String, source_group String, numbers Array(Nullable(Int64)),
        raw_sources Array(Tuple(source String, registrations UInt64, registered_visits UInt64)))),
    kept.chosen) AS part;
