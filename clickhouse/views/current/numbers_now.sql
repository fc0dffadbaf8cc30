-- numbers_at as it is kept of now. A webinar without anybody has one row here too.
CREATE OR REPLACE VIEW numbers_now AS
SELECT
    webinar.webinar_id AS webinar_id,
    one_group AS source_group,
    webinar.starts AS starts,
    webinar.local_start AS local_start,
    webinar.local_time AS local_time,
    webinar.week AS week,
    webinar.weekday AS weekday,
    webinar.hour AS hour,
    webinar.title AS title,
    webinar.platform AS platform,
    webinar.course AS course,
    webinar.language AS language,
    webinar.region AS region,
    webinar.format AS format,
    webinar.completeness AS completeness,
    webinar.ended AS ended,
    webinar.begin_ms AS begin_ms,
    webinar.end_ms AS end_ms,
    webinar.matched_percent AS matched_percent,
    one_numbers AS numbers
FROM (SELECT * FROM {current}) AS webinar
ARRAY JOIN
    if(empty(webinar.groups), [''], webinar.groups) AS one_group,
    if(
        empty(webinar.groups),
        [arrayMap(exists -> if(exists, 0, NULL), {number_exists webinar, false})::Array(Nullable(Int64))],
        webinar.numbers) AS one_numbers;
