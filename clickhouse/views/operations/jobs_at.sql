-- The jobs about all webinars as they stood at a moment: when each worked and failed last, how many turns in a row had
-- failed, and why. A job that has never worked, or never failed, has null there.
CREATE OR REPLACE VIEW jobs_at AS
SELECT
    turn.job AS job,
    maxOrNullIf(turn.ended_at, turn.error = '') AS worked,
    maxOrNullIf(turn.ended_at, turn.error != '') AS failed,
    argMax(turn.failures, turn.ended_at) AS failures,
    argMaxIf(turn.error, turn.ended_at, turn.error != '') AS error
FROM (SELECT job, ended_at, failures, error FROM job_turns FINAL) AS turn
WHERE turn.ended_at <= {at_ms}
GROUP BY turn.job;
