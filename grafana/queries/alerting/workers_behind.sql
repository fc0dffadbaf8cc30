SELECT 'workers' AS process, if(unread < 0, 'unknown', 'known') AS state, if(unread < 0, 1., toFloat64(unread)) AS records
FROM operation_at(at = {at})
