-- When the newest event that was queryable at a moment became so; null before the first one.
CREATE OR REPLACE VIEW data_as_of AS
SELECT maxOrNull(inserted_at) AS data_as_of
FROM events
WHERE inserted_at <= {at:DateTime64(3, 'UTC')};
