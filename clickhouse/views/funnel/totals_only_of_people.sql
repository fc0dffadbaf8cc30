-- totals_only, of new or of returning people only: nobody said how many of them there were.
CREATE OR REPLACE VIEW totals_only_of_people AS
SELECT
    webinar_id,
    NULL::Nullable(UInt64) AS registrations,
    registrations AS visits_all,
    {each step: registrations AS visits{ending}},
    registrations AS recording_views
FROM totals_only;
