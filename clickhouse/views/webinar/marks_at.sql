-- What is known to be wrong with the numbers of a webinar, at a moment, and what to do: rows of an imported file were
-- rejected; or people attended, and nobody said when. One row each.
CREATE OR REPLACE VIEW marks_at AS
SELECT webinar_id, 'rows_rejected' AS mark, rejected AS rows_rejected, sentence
FROM rejected_rows
WHERE webinar_id != ''
UNION ALL
SELECT
    webinar_id,
    'no_time' AS mark,
    0::UInt64 AS rows_rejected,
    'People attended, and nothing tells when: nobody counts as having come. Say it: constants: {starts_at: 2026-11-22 18:00}, or a column starts_at, or import a table of kind webinars.'
        AS sentence
FROM webinars_at(at = {at:DateTime64(3, 'UTC')})
WHERE completeness = 'upcoming'
    AND webinar_id IN
    (
        {who_counts webinar_id}
            AND webinar_id IN (SELECT webinar_id FROM webinars FINAL WHERE begin = {never})
            AND least(first_session_at, summary_at) <= {at_ms}
    );
