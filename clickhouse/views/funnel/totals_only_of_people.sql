-- totals_only, of new or of returning people only: nobody said how many of them there were.
CREATE OR REPLACE VIEW totals_only_of_people AS
SELECT
    webinar_id,
    NULL::Nullable(UInt64) AS registrations,
    NULL::Nullable(UInt64) AS visits_all,
    {each step: NULL::Nullable(UInt64) AS visits{ending}},
    NULL::Nullable(UInt64) AS recording_views
FROM totals_only;
