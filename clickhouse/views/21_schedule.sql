-- The schedule: each webinar of webinar_list with its numbers of funnel. Where a percentage stands beside them,
-- visits are those of the registered (docs/design.md 2, "Came").
CREATE OR REPLACE VIEW schedule AS
SELECT
    listed.webinar_id AS webinar_id,
    listed.starts AS starts,
    listed.local_start AS local_start,
    listed.weekday AS weekday,
    listed.title AS title,
    listed.platform AS platform,
    listed.course AS course,
    listed.language AS language,
    listed.region AS region,
    listed.format AS format,
    listed.completeness AS completeness,
    listed.begun AS begun,
    numbers.registrations AS registrations,
    numbers.registered_later AS registered_later,
    numbers.visits_all AS visits_all,
    numbers.registered_visits AS registered_visits,
    numbers.registered_visits_5m AS registered_visits_5m,
    numbers.registered_visits_30m AS registered_visits_30m,
    numbers.registered_visits_full AS registered_visits_full,
    numbers.conversion AS conversion,
    numbers.conversion_5m AS conversion_5m,
    numbers.conversion_30m AS conversion_30m,
    numbers.conversion_full AS conversion_full,
    numbers.walk_ins AS walk_ins,
    numbers.recording_viewers AS recording_viewers,
    numbers.recording_views AS recording_views
FROM webinar_list(at = {at:DateTime64(3, 'UTC')}) AS listed
INNER JOIN funnel(at = {at:DateTime64(3, 'UTC')}) AS numbers ON numbers.webinar_id = listed.webinar_id;
