SELECT
    topic,
    toUnixTimestamp64Milli(max(minutes.newest)) AS newest,
    greatest(0, intDiv(toUnixTimestamp64Milli({at}) - toUnixTimestamp64Milli(max(minutes.newest)), 1000)) AS age,
    sumIf(minutes.events, minutes.minute > {at} - INTERVAL 1 HOUR) AS events
FROM event_minutes_at(at = {at}) AS minutes
GROUP BY topic
ORDER BY topic
