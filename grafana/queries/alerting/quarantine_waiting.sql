SELECT toString(connector) AS connector, toString(reason) AS reason, toFloat64(sum(waiting)) AS pieces
FROM quarantine(at = {at})
GROUP BY connector, reason
UNION ALL
SELECT 'none' AS connector, 'none' AS reason, 0. AS pieces
