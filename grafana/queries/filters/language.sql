SELECT DISTINCT language
FROM webinar_list(at = now64(3, 'UTC'))
ORDER BY language
