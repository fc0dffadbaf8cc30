-- What is usual for each webinar: the one definition for colours, bands, pace and alerts (docs/design.md 2).
CREATE OR REPLACE VIEW baselines AS
SELECT
    webinar_id, evaluated_at, likeness, n, members, weights, registrations, registrations_low, registrations_high,
    conversion, conversion_low, conversion_high,
    {each stayed: arrayFirst(stay -> stay.{bucket.seconds} = {seconds}, stays) AS of{ending},
    of{ending}.{bucket.baseline} AS conversion{ending},
    of{ending}.{bucket.low} AS conversion{ending}_low,
    of{ending}.{bucket.high} AS conversion{ending}_high},
    conversion_full, conversion_full_low, conversion_full_high
FROM baseline_values FINAL;
