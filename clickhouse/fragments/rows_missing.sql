-- {rows_missing webinar_id}: whether rows of a file that was imported for the webinar were rejected.
{webinar_id} IN (SELECT webinar_id FROM rejected_rows)
