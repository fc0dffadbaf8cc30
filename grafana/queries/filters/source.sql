SELECT DISTINCT source_group AS source
FROM source_list
ORDER BY source
