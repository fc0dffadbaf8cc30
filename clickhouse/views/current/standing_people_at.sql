-- The numbers of some webinars at a moment by new and returning people and source group, one row each: what the job of
-- streams/jobs/current_people.py keeps in current_people. Who registered for what it reads from person_registrations.
CREATE OR REPLACE VIEW standing_people_at AS
SELECT
    webinar.webinar_id AS webinar_id,
    arrayMap(
        part -> (
            part.{part.people},
            part.{part.source_group},
            arrayMap(
                (count, exists) -> if(exists, count, NULL),
                arrayConcat(part.{part.summed}, [{each step: part.{part.summed}[{n.registrations}]}])::Array(Int64),
                {number_exists webinar, false}),
            part.{part.sources}),
        counted.parts) AS parts
FROM (SELECT * FROM webinar_list(at = {at:DateTime64(3, 'UTC')}) WHERE webinar_id IN {webinar_ids:Array(String)}) AS webinar
LEFT JOIN
(
    SELECT
        by_group.webinar_id AS webinar_id,
        -- In an order that no join changes.
        arraySort(
            one -> (one.{part.people}, one.{part.source_group}),
            groupArray((by_group.people, by_group.source_group, by_group.summed, by_group.sources))) AS parts
    FROM
    (
        SELECT
            by_key.webinar_id AS webinar_id,
            by_key.people AS people,
            {source_group by_key} AS source_group,
            sumForEach(by_key.counts) AS summed,
            arraySort(groupArray((
                by_key.source, by_key.counts[{n.registrations}], by_key.counts[{n.registered_visits}]))) AS sources
        FROM
        (
            SELECT
                person.webinar_id AS webinar_id,
                person.source AS source,
                if(known.first_begin > 0 AND known.first_begin < begins.begin_ms, 'returning', 'new') AS people,
                {counts_of person} AS counts
            FROM
            (
                SELECT * FROM persons_at(at = {at:DateTime64(3, 'UTC')}) WHERE webinar_id IN {webinar_ids:Array(String)}
            ) AS person
            INNER JOIN begins_at(at = {at:DateTime64(3, 'UTC')}) AS begins ON begins.webinar_id = person.webinar_id
            LEFT JOIN
            (
                SELECT registered.person_id AS person_id, min(of_webinar.begin_ms) AS first_begin
                FROM
                (
                    SELECT person_id, webinar_id
                    FROM person_registrations FINAL
                    WHERE counts AND first_at <= {at_ms}
                        AND person_id IN (SELECT person_id FROM persons WHERE webinar_id IN {webinar_ids:Array(String)})
                ) AS registered
                INNER JOIN begins_at(at = {at:DateTime64(3, 'UTC')}) AS of_webinar ON of_webinar.webinar_id = registered.webinar_id
                GROUP BY person_id
            ) AS known ON known.person_id = person.person_id
            GROUP BY webinar_id, source, people
        ) AS by_key
        {sources_of by_key}
        GROUP BY webinar_id, people, source_group
    ) AS by_group
    GROUP BY webinar_id
) AS counted ON counted.webinar_id = webinar.webinar_id;
