SELECT
    connector,
    sum(health.accepted) AS accepted,
    sum(health.refused) AS refused,
    argMax(health.spooled, health.minute) AS spooled,
    toUnixTimestamp64Milli(max(health.minute)) AS latest
FROM webhook_health(at = {at}) AS health
GROUP BY connector
ORDER BY connector
