SELECT freshness
FROM freshness_at(at = {at})
