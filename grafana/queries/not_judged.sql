-- {not_judged webinar_id, why, at}: whether a webinar's rates (why), or its registrants (why_registrations), are not judged
-- at a moment: then nothing marks them either. The one definition for all pages.
{webinar_id} IN (SELECT webinar_id FROM judgements_at(at = {at}) WHERE {why} != '')
