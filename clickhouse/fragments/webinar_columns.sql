-- {webinar_columns}: what `webinar`, a row of webinars_at, says of itself in the answer.
webinar.platform AS platform,
webinar.title AS title,
webinar.course AS course,
webinar.language AS language,
webinar.region AS region,
webinar.format AS format,
webinar.status AS status,
webinar.week AS week,
webinar.weekday AS weekday,
webinar.hour AS hour,
webinar.local_time AS local_time,
webinar.completeness AS completeness,
webinar.begun AS begun
