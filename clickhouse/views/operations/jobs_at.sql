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
GROUP BY turn.job
UNION ALL
-- A job that does not work because no worker does leaves no turn: what it keeps says it.
SELECT
    'current numbers are behind' AS job,
    toUnixTimestamp64Milli(kept.until)::Nullable(Int64) AS worked,
    {at_ms}::Nullable(Int64) AS failed,
    1::UInt32 AS failures,
    concat('Kept until ', formatDateTime(kept.until, '%F %H:%i:%S'),
        ' UTC. Pages are right and take longer until it catches up. It runs in the worker with the first partition: funnel status.')
        AS error
FROM (SELECT {kept_until 1} AS until) AS kept
WHERE {is_present} AND toYear(kept.until) > 1970
    AND kept.until < {at:DateTime64(3, 'UTC')} - INTERVAL {kept_seconds} SECOND
UNION ALL
-- Nor does a worker that does not bring its partitions' events through.
SELECT
    'events do not get through' AS job,
    ({at_ms} - toInt64(1000 * assumeNotNull(probe.age_seconds)))::Nullable(Int64) AS worked,
    {at_ms}::Nullable(Int64) AS failed,
    1::UInt32 AS failures,
    concat('The newest probe event that got from Kafka to here in every partition was sent ',
        toString(round(assumeNotNull(probe.age_seconds))), ' s ago. funnel status says what is wrong.') AS error
FROM probe_at(at = {at:DateTime64(3, 'UTC')}) AS probe
WHERE {is_present} AND probe.age_seconds > 60;
