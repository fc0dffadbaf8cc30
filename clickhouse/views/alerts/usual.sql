-- What is usual for each webinar: the one definition for colours, bands, pace and alerts (docs/design.md 2).
CREATE OR REPLACE VIEW usual AS
SELECT * FROM usual_values FINAL;
