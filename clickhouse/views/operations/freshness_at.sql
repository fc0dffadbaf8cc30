-- In words, how fresh the numbers of a moment are. Of now: whether the workers are at work and have read what came, and
-- how old the newest event is. Of a past moment: that it is shown by all that is known now.
CREATE OR REPLACE VIEW freshness_at AS
SELECT
    multiIf(
        past, if(newest IS NULL, 'As of then, by all that is known now',
            concat('As of then · last event ', age, ' before')),
        newest IS NULL, 'No event yet',
        worked IS NULL OR worked < moment_ms - 660000, concat('Workers show no sign of life · last event ', age, ' ago'),
        behind BETWEEN 4 AND {kept_seconds}, concat('Numbers of ', toString(behind), ' s ago · last event ', age, ' ago'),
        unread > 0, concat('Catching up: ', toString(unread), ' records to read · last event ', age, ' ago'),
        concat('Up to date · last event ', age, ' ago')) AS freshness
FROM
(
    SELECT
        toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS moment_ms,
        {at:DateTime64(3, 'UTC')} < now64(3) - INTERVAL 1 MINUTE AS past,
        (SELECT data_as_of FROM data_as_of(at = {at:DateTime64(3, 'UTC')})) AS newest,
        -- A job that works says so every five minutes.
        (SELECT maxOrNull(turn.ended_at) FROM job_turns AS turn WHERE turn.ended_at <= {at_ms}) AS worked,
        (SELECT argMax(runs.unread, runs.evaluated_at) FROM alert_runs AS runs
            WHERE runs.evaluated_at <= {at:DateTime64(3, 'UTC')}
                AND runs.evaluated_at > {at:DateTime64(3, 'UTC')} - INTERVAL 3 MINUTE) AS unread,
        dateDiff('second', {kept_until 1}, {at:DateTime64(3, 'UTC')}) AS behind,
        intDiv(dateDiff('second', assumeNotNull(newest), {at:DateTime64(3, 'UTC')}), 60) AS minutes,
        multiIf(
            minutes < 1, 'less than a minute',
            minutes < 120, concat(toString(minutes), ' min'),
            minutes < 2880, concat(toString(intDiv(minutes, 60)), ' h'),
            concat(toString(intDiv(minutes, 1440)), ' days')) AS age
);
