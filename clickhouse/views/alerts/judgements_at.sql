-- What is judged of each webinar at a moment: of one that has ended by what is known now, from its end on; of one that is
-- live or upcoming what was judged then. No row: it was not judged then.
CREATE OR REPLACE VIEW judgements_at AS
SELECT
    webinar_id,
    argMax(
        tuple(judgement.state, judgement.valid_from, judgement.why, judgement.why_registrations, judgement.found),
        tuple(judgement.state = 'ended', judgement.moment)) AS latest,
    latest.{judgement.state} AS state,
    latest.{judgement.valid_from} AS valid_from,
    latest.{judgement.why} AS why,
    latest.{judgement.why_registrations} AS why_registrations,
    latest.{judgement.found} AS found
FROM judgements AS judgement FINAL
WHERE judgement.valid_from <= {at_ms}
GROUP BY webinar_id;
