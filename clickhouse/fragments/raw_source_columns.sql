-- {raw_source_columns webinar, said}: which webinar and which raw source a row of raw_sources_at is about.
{webinar}.webinar_id AS webinar_id,
{webinar}.starts AS starts,
{webinar}.begin_ms AS begin_ms,
{webinar}.platform AS platform,
{webinar}.course AS course,
{webinar}.language AS language,
{webinar}.region AS region,
{webinar}.format AS format,
{webinar}.weekday AS weekday,
{webinar}.completeness AS completeness,
{said}.source_group AS source_group,
{said}.sorted AS sorted,
{said_of_source {said}.source}
