SELECT
    job, if(failures = 0, 'works', 'fails') AS state, worked, failed, failures, error
FROM jobs_at(at = {at})
ORDER BY failures = 0, job
