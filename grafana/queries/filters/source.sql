SELECT DISTINCT source_group AS source, {source_name source_group} AS label
FROM source_list
ORDER BY lowerUTF8(label), source
