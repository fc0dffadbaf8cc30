SELECT
    connector, task,
    toUnixTimestamp64Milli(began) AS began,
    if(finished IS NULL, 'running', if(error = '', 'succeeded', 'failed')) AS ended,
    events, rejected, error
FROM connector_runs(at = {at})
ORDER BY error = '', connector, task
