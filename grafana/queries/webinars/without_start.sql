SELECT uniqExact(webinar.webinar_id) AS webinars
FROM numbers_at(at = {at}) AS webinar
WHERE webinar.starts IS NULL AND {filters}
