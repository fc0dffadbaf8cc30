SELECT file_name, if(webinar_id = '', 'not told', webinar_id) AS webinar_id, task, rejected, nullIf(rows, 0) AS rows,
    toUnixTimestamp64Milli(since) AS since
FROM rejected_rows
ORDER BY since DESC, file_name, webinar_id
