SELECT toUnixTimestamp64Milli(data_as_of) AS data_as_of
FROM data_as_of(at = {shared_at})
