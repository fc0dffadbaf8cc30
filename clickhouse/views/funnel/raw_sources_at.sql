-- What registrations for each webinar say of their source, at a moment, inside the source groups: how many registered,
-- and of those for webinars that have begun, how many came.
CREATE OR REPLACE VIEW raw_sources_at AS
SELECT
    {raw_source_columns webinar, said},
    counted.counts[{n.registrations}] AS registrations,
    if(webinar.begun, counted.counts[{n.registrations}], 0) AS registrations_begun,
    if(webinar.begun, counted.counts[{n.registered_visits}], 0) AS registered_visits
FROM webinar_list(at = {at:DateTime64(3, 'UTC')}) AS webinar
INNER JOIN counted_at(at = {at:DateTime64(3, 'UTC')}) AS counted ON counted.webinar_id = webinar.webinar_id
INNER JOIN (SELECT source, source_group, sorted FROM sources FINAL) AS said ON said.source = counted.source;
