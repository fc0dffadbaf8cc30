SELECT toString(topic) AS topic, toString(reason) AS reason, toFloat64(records) AS records
FROM dead_letters_lately(at = {at})
UNION ALL
SELECT 'none' AS topic, 'none' AS reason, 0. AS records
