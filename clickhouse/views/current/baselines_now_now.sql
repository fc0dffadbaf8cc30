-- baselines_now_at as it is kept of now: at most a minute old.
CREATE OR REPLACE VIEW baselines_now_now AS
SELECT webinar_id, n, {each watched: bands[{stayed.{column}}] AS {column}_band}
FROM current_baselines FINAL
WHERE n > 0 AND length(bands) = {stayed.length}
    AND webinar_id IN (SELECT webinar_id FROM on_now_ids(at = {at:DateTime64(3, 'UTC')}) WHERE begun);
