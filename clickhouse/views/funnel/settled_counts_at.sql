-- The same, one row a webinar and source.
CREATE OR REPLACE VIEW settled_counts_at AS
SELECT
    webinar_id,
    one_source AS source,
    one_counts AS counts
FROM settled_at(at = {at:DateTime64(3, 'UTC')})
ARRAY JOIN source AS one_source, counts AS one_counts;
