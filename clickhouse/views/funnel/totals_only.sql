-- What stands in for the persons of a webinar that has none: the greatest (reported_at, event_id, content) of all that
-- reporters say of its people as a whole (docs/contract.md, "totals"). It counts once the webinar has ended. With
-- FINAL: former versions of a row may tell of a person that is forgotten.
CREATE OR REPLACE VIEW totals_only AS
SELECT
    webinar_id,
    greatest_said.{said.registrations} AS registrations,
    greatest_said.{said.visits_all} AS visits_all,
    {each step: greatest_said.{said.visits{ending}} AS visits{ending}},
    greatest_said.{said.recording_views} AS recording_views
FROM
(
    SELECT
        webinar_id,
        argMax(
            (registrations, visits_all, {each step: visits{ending}}, recording_views),
            (reported_at, event_id, content)) AS greatest_said
    FROM
    (
        SELECT
            webinar_id, reported_at, event_id, content, registrations, visits_all, visits, visits_full, recording_views,
            {each stayed: if(mapContains(stayed, {seconds}), stayed[{seconds}], NULL) AS visits{ending}},
            notEmpty(stayed) AS tells_stays
        FROM totals
    )
    WHERE webinar_id NOT IN
    (
        SELECT webinar_id
        FROM persons FINAL
        WHERE webinar_id IN (SELECT webinar_id FROM totals)
            AND {did_something}
    )
        -- Who says only who was invited or viewed the page says nothing of those who registered or came.
        AND (coalesce(registrations, visits_all, {each step: visits{ending}}, recording_views) IS NOT NULL OR tells_stays)
    GROUP BY webinar_id
);
