SELECT freshness
FROM freshness_at(at = {shared_at})
