-- The people of each webinar by all that may explain a change: source group, the raw source and campaign inside it,
-- whether they registered for an earlier webinar already, and the country that their first registration says. At so many
-- ms after the start of each; a webinar that had ended by then with all that is known of it. Costs a look at every row of
-- the people concerned: for a few webinars at a time.
CREATE OR REPLACE VIEW reason_cells AS
SELECT
    person.webinar_id AS webinar_id,
    {source_group person} AS source_group,
    firstNonDefault(
        JSONExtractString(person.source, 'utm_source'), JSONExtractString(person.source, 'tracking_code'),
        JSONExtractString(person.source, 'platform_source'), JSONExtractString(person.source, 'referrer')) AS raw_source,
    JSONExtractString(person.source, 'utm_campaign') AS campaign,
    if(person.returning, 'returning', 'new') AS people,
    countries.country AS country,
    countIf(person.registered) AS registrations,
    {each step: countIf(person.registered AND person.visit{ending}) AS registered_visits{ending}}
FROM
(
    SELECT
        final.webinar_id AS webinar_id,
        final.person_id AS person_id,
        final.source AS source,
        seen.first_begin < seen.begin_ms AS returning,
        seen.over AS over,
        if(over, final.registered, seen.registered_then) AS registered,
        {each watched: if(over, final.visit{ending}, seen.visit{ending}_then) AS visit{ending}},
        over AND final.visit_full AS visit_full
    FROM
    (
        SELECT webinar_id, person_id, source, registered,
            {each step: visit{ending}}
        FROM persons_at(at = {at:DateTime64(3, 'UTC')})
        WHERE webinar_id IN {webinar_ids:Array(String)}
    ) AS final
    INNER JOIN
    (
        SELECT
            row.webinar_id AS webinar_id,
            row.person_id AS person_id,
            webinar.begin_ms AS begin_ms,
            known.first_begin AS first_begin,
            webinar.ended AND webinar.window_ms <= {elapsed:Int64} AS over,
            webinar.begin_ms + {elapsed:Int64} AS then,
            {registered {status_at then}, {status_at {at_ms}}} AS registered_then,
            row.begin_used = webinar.begin_ms AND row.reached_visit_at <= then AS visit_then,
            {each stayed: row.begin_used = webinar.begin_ms AND row.reached[{reached.{column}}] <= then AS visit{ending}_then}
        FROM
        (
            SELECT webinar_id, person_id, registration_at, registration_status, begin_used, reached_visit_at,
                {reached} AS reached
            FROM persons FINAL
            WHERE webinar_id IN {webinar_ids:Array(String)}
        ) AS row
        INNER JOIN windows_at(at = {at:DateTime64(3, 'UTC')}) AS webinar ON webinar.webinar_id = row.webinar_id
        LEFT JOIN
        (
            SELECT person_id, first_begin
            FROM first_begins_at(at = {at:DateTime64(3, 'UTC')})
            WHERE person_id IN (SELECT person_id FROM persons WHERE webinar_id IN {webinar_ids:Array(String)})
        ) AS known ON known.person_id = row.person_id
    ) AS seen ON seen.webinar_id = final.webinar_id AND seen.person_id = final.person_id
) AS person
{sources_of person}
LEFT JOIN
(
    SELECT
        said.webinar_id AS webinar_id,
        if(links.same_as = '', said.said_id, links.same_as) AS person_id,
        argMin(said.country, said.occurred_at) AS country
    FROM
    (
        SELECT webinar_id, JSONExtractString(event, 'person_id') AS said_id,
            JSONExtractString(event, 'country') AS country, JSONExtractString(event, 'occurred_at') AS occurred_at
        FROM events
        WHERE webinar_id IN {webinar_ids:Array(String)} AND topic = 'webinar.registrations.v1' AND country != ''
    ) AS said
    LEFT JOIN
    (
        SELECT webinar_id, person_id AS linked_id, same_as FROM persons FINAL
        WHERE webinar_id IN {webinar_ids:Array(String)} AND same_as != ''
    ) AS links ON links.webinar_id = said.webinar_id AND links.linked_id = said.said_id
    GROUP BY webinar_id, person_id
) AS countries ON countries.webinar_id = person.webinar_id AND countries.person_id = person.person_id
GROUP BY webinar_id, source_group, raw_source, campaign, people, country
HAVING registrations > 0;
