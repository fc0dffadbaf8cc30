-- What the catalogue's rules look at (docs/business-rules.md), and what was said of each webinar so far: `state`
-- holds the statements that win a field. Not at a moment: rules are about what is known now.
CREATE OR REPLACE VIEW catalogue AS
SELECT
    webinar_id,
    version,
    title,
    tags,
    channel,
    host,
    series_id,
    course,
    language,
    region,
    format,
    timezone,
    state
FROM webinars FINAL;
