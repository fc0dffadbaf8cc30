SELECT
    connector,
    if(poller.owner = '', 'nobody', 'polled') AS state,
    if(poller.owner = '', concat('last by ', latest), poller.owner) AS owner,
    toUnixTimestamp64Milli(ifNull(poller.since, latest_at)) AS since,
    arrayStringConcat(standbys, ', ') AS standby
FROM pollers_at(at = {at}) AS poller
ORDER BY state, connector
