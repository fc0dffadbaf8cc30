-- Signs of life of the whole: how many minutes since an event came in while webinars are on, since alerts were evaluated,
-- and how far the workers were behind then; null where there is nothing to say.
CREATE OR REPLACE VIEW operation_at AS
SELECT
    (SELECT arrayStringConcat(arraySort(groupArray(title)), ', ') FROM held(at = {at:DateTime64(3, 'UTC')})
        WHERE begun AND NOT ended AND has(tells, 'live')) AS live_webinars,
    dateDiff('second', assumeNotNull((SELECT data_as_of FROM data_as_of(at = {at:DateTime64(3, 'UTC')}))),
        {at:DateTime64(3, 'UTC')}) / 60 AS data_age_minutes,
    (SELECT maxOrNull(evaluated_at) FROM alert_runs WHERE evaluated_at <= {at:DateTime64(3, 'UTC')}) AS evaluated,
    (SELECT argMax(unread, evaluated_at) FROM alert_runs WHERE evaluated_at <= {at:DateTime64(3, 'UTC')}) AS unread;
