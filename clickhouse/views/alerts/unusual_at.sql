-- What is unusual at a moment, in words: what is judged of each webinar (judgements_at), and what alerts found besides,
-- such as a drop that only several webinars together show (alerts_at).
CREATE OR REPLACE VIEW unusual_at AS
SELECT
    concat(judged.webinar_id, '|', one.{found.kind}) AS finding_id,
    judged.webinar_id AS webinar_id,
    one.{found.kind} AS kind,
    one.{found.metric} AS metric,
    fromUnixTimestamp64Milli(one.{found.since}, 'UTC') AS since,
    one.{found.value}::Nullable(Float64) AS value,
    one.{found.typical}::Nullable(Float64) AS baseline,
    one.{found.sentence} AS sentence,
    '' AS reasons,
    '' AS dimension,
    '' AS member,
    '' AS name
FROM judgements_at(at = {at:DateTime64(3, 'UTC')}) AS judged
ARRAY JOIN judged.found AS one
UNION ALL
SELECT
    alerted.finding_id AS finding_id,
    alerted.webinar_id AS webinar_id,
    toString(alerted.kind) AS kind,
    toString(alerted.metric) AS metric,
    alerted.since AS since,
    alerted.value AS value,
    alerted.baseline AS baseline,
    alerted.sentence AS sentence,
    alerted.reasons AS reasons,
    alerted.dimension AS dimension,
    alerted.member AS member,
    alerted.name AS name
FROM alerts_at(at = {at:DateTime64(3, 'UTC')}) AS alerted
WHERE (alerted.webinar_id, toString(alerted.kind)) NOT IN
(
    SELECT said.webinar_id, arrayJoin(said.found).{found.kind}
    FROM judgements_at(at = {at:DateTime64(3, 'UTC')}) AS said
);
