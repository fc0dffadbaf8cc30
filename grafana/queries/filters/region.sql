SELECT DISTINCT region
FROM webinar_list(at = now64(3, 'UTC'))
ORDER BY region
