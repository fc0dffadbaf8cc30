-- How registrations for each upcoming webinar came in, as it was last evaluated by a moment.
CREATE OR REPLACE VIEW pace_at AS
SELECT
    pace.webinar_id AS webinar_id,
    max(pace.evaluated_at) AS evaluated,
    argMax(tuple(pace.registrations), pace.evaluated_at).1 AS registrations,
    argMax(tuple(pace.baseline_now), pace.evaluated_at).1 AS baseline_now,
    argMax(tuple(pace.expected), pace.evaluated_at).1 AS expected,
    argMax(tuple(pace.expected_low), pace.evaluated_at).1 AS expected_low,
    argMax(tuple(pace.expected_high), pace.evaluated_at).1 AS expected_high,
    argMax(tuple(pace.baseline_final), pace.evaluated_at).1 AS baseline_final,
    argMax(tuple(pace.n), pace.evaluated_at).1 AS n
FROM pace
WHERE pace.evaluated_at <= {at:DateTime64(3, 'UTC')}
GROUP BY pace.webinar_id;
