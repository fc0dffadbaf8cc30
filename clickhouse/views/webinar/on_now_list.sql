-- The same in the words of the dashboards.
CREATE OR REPLACE VIEW on_now_list AS
SELECT *
FROM webinar_list(at = {at:DateTime64(3, 'UTC')})
WHERE webinar_id IN (SELECT webinar_id FROM on_now_ids(at = {at:DateTime64(3, 'UTC')}));
