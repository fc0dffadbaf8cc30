SELECT freshness
FROM freshness_at(at = {range_or_now})
