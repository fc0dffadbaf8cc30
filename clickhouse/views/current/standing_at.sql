-- Everything that pages show of some webinars as they stand at a moment, one row each: what the job of
-- streams/jobs/current.py keeps in current_webinars. latest_at: the latest instant known of its persons and totals.
CREATE OR REPLACE VIEW standing_at AS
SELECT
    webinar.webinar_id AS webinar_id,
    webinar.starts AS starts,
    webinar.local_start AS local_start,
    webinar.weekday AS weekday,
    webinar.title AS title,
    webinar.platform AS platform,
    webinar.course AS course,
    webinar.language AS language,
    webinar.region AS region,
    webinar.format AS format,
    webinar.completeness AS completeness,
    webinar.local_time AS local_time,
    webinar.week AS week,
    webinar.hour AS hour,
    webinar.begun AS begun,
    webinar.ended AS ended,
    webinar.begin_ms AS begin_ms,
    webinar.end_ms AS end_ms,
    webinar.matched_percent AS matched_percent,
    webinar.window_ms AS window_ms,
    webinar.tells AS tells,
    toBool(webinar.ended AND said.webinar_id != '') AS totals_only,
    if(totals_only, [{not_by_source}], counted.groups) AS groups,
    arrayMap(
        of_group -> arrayMap(
            (count, exists) -> if(exists AND count >= 0, count, NULL),
            of_group,
            {number_exists webinar, totals_only}),
        if(totals_only, [said.numbers], counted.numbers)
    ) AS numbers,
    counted.raw_sources AS raw_sources,
    if(webinar.begun AND room.webinar_id != '', [(room.median_watch_seconds, room.peak_viewers, room.peak_ms)], []) AS watching,
    if(room.webinar_id = '', [], [(
        room.in_room, room.waiting, room.registered, room.visits_all, room.walk_ins, room.stayed, room.most_at_once)]) AS room,
    arrayMap(
        row -> (
            row.{row.minute}, row.{row.in_room}, row.{row.joins}, row.{row.leaves}, row.{row.registered},
            [{each watched: row.{row.{column}}}], row.{row.entered}),
        if(webinar.begun, room.rows, [])) AS timeline,
    room.registered_minutes AS registered_minutes
FROM (SELECT * FROM webinar_list(at = {at:DateTime64(3, 'UTC')}) WHERE webinar_id IN {webinar_ids:Array(String)}) AS webinar
LEFT JOIN
(
    SELECT
        by_group.webinar_id AS webinar_id,
        -- In an order that no join changes.
        arraySort(one -> one.{grouped.source_group}, groupArray((
            by_group.source_group,
            arrayConcat(by_group.summed, [{each step: by_group.summed[{n.registrations}]}])::Array(Int64),
            by_group.sources))) AS of_groups,
        of_groups.{grouped.source_group} AS groups,
        of_groups.{grouped.numbers} AS numbers,
        arrayFlatten(of_groups.{grouped.sources}) AS raw_sources
    FROM
    (
        SELECT
            by_key.webinar_id AS webinar_id,
            {source_group by_key} AS source_group,
            sumForEach(by_key.counts) AS summed,
            arraySort(groupArray((
                by_key.source, by_key.counts[{n.registrations}], by_key.counts[{n.registered_visits}]))) AS sources
        FROM
        (
            SELECT * FROM computed_counts_at(at = {at:DateTime64(3, 'UTC')}) WHERE webinar_id IN {webinar_ids:Array(String)}
        ) AS by_key
        {sources_of by_key}
        GROUP BY webinar_id, source_group
    ) AS by_group
    GROUP BY webinar_id
) AS counted ON counted.webinar_id = webinar.webinar_id
LEFT JOIN
(
    SELECT webinar_id, {numbers_as_said totals_only} AS numbers
    FROM totals_only
    WHERE webinar_id IN {webinar_ids:Array(String)}
) AS said ON said.webinar_id = webinar.webinar_id
LEFT JOIN
(
    SELECT * FROM room_stories_at(at = {at:DateTime64(3, 'UTC')}) WHERE webinar_id IN {webinar_ids:Array(String)}
) AS room ON room.webinar_id = webinar.webinar_id;
