-- Tables and columns by the words of docs/glossary.md. Their rows stay as they are.
RENAME TABLE IF EXISTS ended_courses TO ended_timelines;
ALTER TABLE ended_timelines RENAME COLUMN IF EXISTS course TO timeline;
-- Views of these names are made anew under the others.
DROP VIEW IF EXISTS course_rows_at;
-- The same job by its present name, so that its turns go on.
ALTER TABLE job_turns DELETE WHERE job = 'ended courses';
-- What is usual is called a baseline.
RENAME TABLE IF EXISTS usual_values TO baseline_values;
ALTER TABLE findings RENAME COLUMN IF EXISTS usual TO baseline;
ALTER TABLE pace RENAME COLUMN IF EXISTS usual_now TO baseline_now;
ALTER TABLE pace RENAME COLUMN IF EXISTS usual_final TO baseline_final;
-- Hosts, panelists and test accounts are excluded, as the domains are.
ALTER TABLE persons RENAME COLUMN IF EXISTS left_out TO excluded;
