-- The former name of timelines_at, for queries of one's own.
CREATE OR REPLACE VIEW courses_at AS
SELECT * FROM timelines_at(at = {at:DateTime64(3, 'UTC')});
