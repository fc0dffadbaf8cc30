-- The former name of baseline_timeline, for queries of one's own.
CREATE OR REPLACE VIEW usual_course AS
SELECT * FROM baseline_timeline(webinar_id = {webinar_id:String});
