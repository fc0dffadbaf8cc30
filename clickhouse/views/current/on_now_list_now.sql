-- on_now_list as it is kept of now.
CREATE OR REPLACE VIEW on_now_list_now AS
SELECT *
FROM webinar_list_now(at = {at:DateTime64(3, 'UTC')})
WHERE webinar_id IN (SELECT webinar_id FROM on_now_ids(at = {at:DateTime64(3, 'UTC')}));
