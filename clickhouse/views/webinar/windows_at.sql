-- The window of each webinar as it stands at a moment: begun or not, ended or not, from when until when, ms
-- (docs/contract.md, "webinar"): its instants (instants.sql) compared with the moment, which are passed on. What only
-- asks for the window reads this: every column that a view computes costs planning, asked for or not.
CREATE OR REPLACE VIEW windows_at AS
SELECT
    *,
    ends_at < {never} AS ended,
    if(begin_known_from <= at_ms, begin_at, {never}) AS begin_ms,
    if(begun, least(ends_at, at_ms), begin_ms) AS end_ms,
    if(begun, end_ms - begin_ms, 0) AS window_ms
FROM
(
    SELECT
        *,
        {at_ms} AS at_ms,
        begun_from <= at_ms AS begun,
        multiIf(
            NOT begun, {never},
            ended_from <= at_ms, end_at,
            first_ended_from <= at_ms, first_end_at,
            {never}
        ) AS ends_at
    FROM webinar_instants FINAL
);
