-- numbers_at as it is kept of now. A webinar without anybody has one row here too.
CREATE OR REPLACE VIEW numbers_now AS
SELECT
    webinar.webinar_id AS webinar_id,
    one_group AS source_group,
    {numbers_columns webinar},
    one_numbers AS numbers
FROM (SELECT * FROM {current}) AS webinar
ARRAY JOIN
    if(empty(webinar.groups), [''], webinar.groups) AS one_group,
    if(
        empty(webinar.groups),
        [arrayMap(exists -> if(exists, 0, NULL), {number_exists webinar, false})::Array(Nullable(Int64))],
        webinar.numbers) AS one_numbers;
