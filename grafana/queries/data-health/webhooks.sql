SELECT
    connector,
    toUnixTimestamp64Milli(max(health.minute)) AS latest,
    sum(health.accepted) AS accepted,
    sum(health.refused) AS refused,
    argMax(health.spooled, health.minute) AS spooled
FROM webhook_health(at = {at}) AS health
GROUP BY connector
ORDER BY connector
