-- Why nothing was judged at a moment, and since when; no row: alerts were on. The words are those of
-- alerts/workers.py, OffError; what is older than ten minutes is no sign of life.
CREATE OR REPLACE VIEW alerts_off_at AS
SELECT
    -- While it is off, since the first time that it was; when it stopped, since its last sign.
    if(signs.last_at < {at:DateTime64(3, 'UTC')} - INTERVAL 10 MINUTE, signs.last_at, signs.off_at) AS since,
    multiIf(
        signs.last_at IS NULL,
            'No alert was ever sent: funnel alerts watch does not run, or fails. funnel status says which.',
        signs.last_at < {at:DateTime64(3, 'UTC')} - INTERVAL 10 MINUTE,
            'No alert is sent: funnel alerts watch does not run, or fails. funnel status says which.',
        signs.last_unread < 0,
            'Alerts are off while Kafka does not say how far the workers are: nothing is judged.',
        concat(
            'Alerts are off while the workers are ',
            -- In threes, from the right.
            reverse(trim(TRAILING ',' FROM replaceRegexpAll(reverse(toString(signs.last_unread)), '(\\d{3})', '\\1,'))),
            ' records behind: nothing is judged.')) AS sentence
FROM
(
    SELECT
        maxOrNull(runs.evaluated_at) AS last_at,
        ifNull(argMaxOrNull(runs.unread, runs.evaluated_at), 0) AS last_unread,
        minOrNullIf(
            runs.evaluated_at,
            runs.evaluated_at > ifNull(
                (
                    SELECT maxOrNull(judged.evaluated_at) FROM alert_runs AS judged
                    WHERE judged.unread = 0 AND judged.evaluated_at <= {at:DateTime64(3, 'UTC')}
                ),
                toDateTime64(0, 3, 'UTC'))) AS off_at
    FROM alert_runs AS runs
    WHERE runs.evaluated_at <= {at:DateTime64(3, 'UTC')}
) AS signs
WHERE signs.last_at IS NULL OR signs.last_at < {at:DateTime64(3, 'UTC')} - INTERVAL 10 MINUTE OR signs.last_unread != 0;
