-- How the views end that answer at a moment: _now where that is the present and what is kept of it is complete
-- (current_webinars), else _at. Dashboards ask it once a page (grafana/current.py), so that the text of a question stays
-- short where it can. Three seconds: a job that works says so every second.
CREATE OR REPLACE VIEW as_of_at AS
SELECT
    if(
        {at:DateTime64(3, 'UTC')} >= now64(3) - INTERVAL 1 MINUTE
            AND (SELECT max(made_at) FROM current_turns WHERE thresholds = {thresholds}) > now64(3) - INTERVAL 5 SECOND,
        '_now', '_at') AS as_of;
