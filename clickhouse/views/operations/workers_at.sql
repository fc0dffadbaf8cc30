-- The workers of the last day as they stood at a moment: whether each works, since when, how often it was started again
-- within seven days although nobody had told it to end, when that was last, and what it last failed with or ended by.
CREATE OR REPLACE VIEW workers_at AS
SELECT
    run.worker AS worker,
    run.host AS host,
    multiIf(
        max(run.seen_at) < {at_ms} - 150000 AND argMax(run.told_to_end, run.began_at) = 0, 'gone',
        argMax(run.told_to_end, run.began_at) = 1 AND argMax(run.seen_at, run.began_at) <= {at_ms}, 'ended',
        argMax(run.fails, run.began_at) = 1 AND argMax(run.failed_at, run.began_at) <= {at_ms}, 'fails',
        'works') AS state,
    max(run.began_at) AS since,
    countIf(run.again AND run.began_at > {at_ms} - 7 * 86400000) AS restarts,
    maxOrNullIf(run.began_at, run.again) AS restarted,
    nullIf(max(run.last_failed), 0) AS failed,
    argMax(run.last_error, run.last_failed) AS error
FROM
(
    SELECT
        said.worker AS worker, said.host AS host, said.began_at AS began_at, said.seen_at AS seen_at,
        said.told_to_end AS told_to_end, said.fails AS fails, said.failed_at AS failed_at,
        said.before > 0 AND said.before_told = 0 AS again,
        if(said.failed_at <= {at_ms}, said.failed_at, 0) AS failed_in_it,
        greatest(failed_in_it, if(again, said.began_at, 0)) AS last_failed,
        -- What nobody has a word for is still an end.
        multiIf(last_failed = 0, '', last_failed = failed_in_it, said.error,
            said.former_error = '', 'It ended, and nobody said why', said.former_error) AS last_error
    FROM
    (
        SELECT
            *,
            lagInFrame(began_at, 1, 0) OVER former AS before,
            lagInFrame(told_to_end, 1, 0) OVER former AS before_told
        FROM worker_runs FINAL
        WHERE began_at <= {at_ms}
        WINDOW former AS (PARTITION BY worker, host ORDER BY began_at
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    ) AS said
) AS run
GROUP BY run.worker, run.host
HAVING max(run.seen_at) > {at_ms} - 86400000;
