SELECT 'workers' AS process, ifNull(live_webinars, '') AS webinars, if(webinars = '', 0., data_age_minutes) AS minutes
FROM operation_at(at = {at})
