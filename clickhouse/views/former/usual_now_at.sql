-- The former name of baselines_now_at, for queries of one's own.
CREATE OR REPLACE VIEW usual_now_at AS
SELECT * FROM baselines_now_at(at = {at:DateTime64(3, 'UTC')});
