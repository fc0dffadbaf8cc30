SELECT
    'funnel alerts watch' AS process,
    if(evaluated IS NULL, 99999., dateDiff('second', assumeNotNull(evaluated), {at}) / 60) AS minutes
FROM operation_at(at = {at})
-- The other rules keep what they found last while their queries fail: what they read is read here too, so that this says so.
WHERE (SELECT count() FROM alert_rows(at = {at}))
    + (SELECT count() FROM dead_letters_lately(at = {at}))
    + (SELECT count() FROM quarantine(at = {at}))
    + (SELECT count() FROM jobs_at(at = {at})) >= 0
