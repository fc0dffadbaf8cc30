SELECT connector, reason, waiting, toUnixTimestamp64Milli(since) AS since, example
FROM
(
    SELECT connector, reason, sum(quarantine.waiting) AS waiting, min(quarantine.since) AS since,
        any(quarantine.example) AS example
    FROM quarantine(at = {at}) AS quarantine
    GROUP BY connector, reason
)
ORDER BY waiting DESC, connector, reason
