-- Files of which rows were rejected, by webinar, as is known now: of past moments, too, all is told that is known. Until
-- the same file is imported again, or one about the same people (a corrected one, whatever its name: it has all persons
-- of the good rows, as far as the smallest numbers of both can tell). webinar_id is empty where nothing tells for which
-- webinar the rows are. A sheet is read again and again, and says itself when it is whole.
CREATE OR REPLACE VIEW rejected_rows AS
SELECT
    webinar_id,
    connector,
    task,
    found.file_name AS file_name,
    found.rows AS rows,
    found.rejected AS rejected,
    fromUnixTimestamp64Milli(found.at, 'UTC') AS since,
    concat(
        toString(rejected),
        if(rows = 0, '', concat(' of ', toString(rows))),
        ' rows of ', file_name, ' were rejected, so the numbers are too low. ',
        if(connector = 'sheets', 'Correct them there: the sheet is read again by itself.',
            'Correct them and import the whole file again.')
    ) AS sentence
FROM
(
    SELECT
        webinar_id,
        connector,
        task,
        groupArray((at, file_name, rows, rejected, people)::Tuple(
            at Int64, file_name String, rows UInt64, rejected UInt64, people Array(UInt64))) AS imports,
        arrayJoin(arrayFilter(
            one -> one.rejected > 0 AND NOT arrayExists(
                later -> connector != 'sheets' AND later.at > one.at AND if(
                    empty(one.people),
                    later.rows >= one.rows,
                    hasAll(later.people, arrayFilter(
                        number -> length(later.people) < 16 OR number <= later.people[-1], one.people))),
                imports),
            imports)) AS found
    FROM connector_reports FINAL
    WHERE type = 'imported'
    GROUP BY webinar_id, connector, task
);
