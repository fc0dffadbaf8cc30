SELECT
    connector,
    if(owner = '', 'nobody', 'polled') AS state,
    if(owner = '', concat('last by ', latest), owner) AS owner,
    if(since IS NULL, toUnixTimestamp64Milli(latest_at), toUnixTimestamp64Milli(assumeNotNull(since))) AS since,
    arrayStringConcat(standbys, ', ') AS standby
FROM pollers_at(at = {at})
ORDER BY state, connector
