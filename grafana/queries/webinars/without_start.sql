SELECT uniqExact(webinar.webinar_id) AS webinars
FROM {numbers} AS webinar
WHERE webinar.starts IS NULL AND {named} AND {filters}
