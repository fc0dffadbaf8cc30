-- The persons that count, as persons_at takes them (persons_at.sql), with the instants that curves are made of.
CREATE OR REPLACE VIEW counted_persons AS
WITH (SELECT groupArray(domain_id) FROM excluded_domains FINAL WHERE excluded) AS excluded_ids
SELECT
    webinar_id, person_id, source, registration_at, registration_status, interval_start, interval_end, recording_view_at,
    first_session_at, first_open_session_at, summary_at, summary_seconds, begin_used, reached_visit_at, reached_5m_at,
    reached_30m_at
FROM persons FINAL
WHERE same_as = '' AND NOT left_out
    AND (empty(excluded_ids) OR NOT hasAny(domain_ids, excluded_ids));
