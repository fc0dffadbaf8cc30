SELECT age_seconds, seconds FROM probe_at(at = {at})
