SELECT
    connector, task,
    toUnixTimestamp64Milli(began) AS began,
    if(finished IS NULL, 'still runs', if(error = '', 'well', 'failed')) AS ended,
    events, rejected, error
FROM connector_runs(at = {at})
ORDER BY error = '', connector, task
