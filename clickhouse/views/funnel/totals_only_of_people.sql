-- totals_only, of new or of returning people only: nobody said how many of them there were.
CREATE OR REPLACE VIEW totals_only_of_people AS
SELECT
    webinar_id,
    NULL::Nullable(UInt64) AS registrations,
    registrations AS visits_all,
    registrations AS visits,
    registrations AS visits_5m,
    registrations AS visits_30m,
    registrations AS visits_full,
    registrations AS recording_views
FROM totals_only;
