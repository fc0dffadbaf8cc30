-- top_at, of new or of returning people only: nobody said how many of them there were.
CREATE OR REPLACE VIEW top_of_people AS
SELECT
    webinar_id,
    NULL::Nullable(UInt64) AS invited,
    NULL::Nullable(UInt64) AS page_views,
    []::Array(Tuple(String, UInt64)) AS page_views_by_source
FROM top_at(at = {at:DateTime64(3, 'UTC')});
