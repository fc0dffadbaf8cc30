-- The persons that count, with the instants that curves are made of.
CREATE OR REPLACE VIEW counted_persons AS
{who_counts
    webinar_id, person_id, source, registration_at, registration_status, interval_start, interval_end, recording_view_at,
    first_session_at, first_open_session_at, summary_at, summary_seconds};
