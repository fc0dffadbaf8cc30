-- totals_only, of new or of returning people only: nobody said how many of them there were.
CREATE OR REPLACE VIEW totals_only_of_people AS
SELECT
    webinar_id,
    NULL::Nullable(UInt64) AS registrations,
    NULL::Nullable(UInt64) AS visits_all,
    NULL::Nullable(UInt64) AS visits,
    NULL::Nullable(UInt64) AS visits_5m,
    NULL::Nullable(UInt64) AS visits_30m,
    NULL::Nullable(UInt64) AS visits_full,
    NULL::Nullable(UInt64) AS recording_views
FROM totals_only;
