-- The former name of baselines, for queries of one's own.
CREATE OR REPLACE VIEW usual AS
SELECT * FROM baselines;
