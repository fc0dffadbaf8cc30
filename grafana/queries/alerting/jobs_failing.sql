-- A job that fails is tried again every ten minutes at the latest: one that is not is no job of any worker now.
SELECT
    toString(job) AS job,
    if(failed < toUnixTimestamp64Milli({at}) - 1800000, 0., toFloat64(failures)) AS turns
FROM jobs_at(at = {at})
UNION ALL
SELECT 'none' AS job, 0. AS turns
