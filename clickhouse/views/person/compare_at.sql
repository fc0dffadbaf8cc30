-- Every id that a webinar's events name, with all that may keep it out of our numbers at a moment: what
-- `funnel compare` adds up (funnel/report/compare.py). Reads the raw log of one webinar, since rows tell neither staff from
-- test accounts nor the ids of one person apart.
CREATE OR REPLACE VIEW compare_at AS
SELECT
    said.person_id AS person_id,
    if(stored.same_as != '', stored.same_as, said.person_id) AS counts_as,
    said.staff AS staff,
    said.test AS test,
    said.excluded AS excluded,
    said.registrations > 0 AS has_registration,
    said.visits > 0 AS has_visit,
    person.registered AS registered,
    person.registered_later AS registered_later,
    person.visit_all AS visit_all,
    NOT {stands present.present_status} AS withdrawn
FROM
(
    SELECT
        person_id,
        max(role IN ('host', 'panelist')) AS staff,
        max(is_test) AS test,
        max(domain_id IN (SELECT domain_id FROM excluded_domains FINAL WHERE excluded)) AS excluded,
        countIf(type = 'registration' AND known) AS registrations,
        countIf(kind IN ('joined', 'left', 'seen', 'summary') AND known) AS visits
    FROM
    (
        SELECT
            JSONExtractString(event, 'person_id') AS person_id,
            JSONExtractString(event, 'type') AS type,
            JSONExtractString(event, 'kind') AS kind,
            JSONExtractString(event, 'role') AS role,
            JSONExtractBool(event, 'is_test') AS is_test,
            JSONExtractString(event, 'domain_id') AS domain_id,
            parseDateTime64BestEffortOrZero(JSONExtractString(event, 'occurred_at'), 3, 'UTC')
                <= {at:DateTime64(3, 'UTC')} AS known
        FROM events FINAL
        WHERE webinar_id = {webinar_id:String}
            AND topic IN ('webinar.registrations.v1', 'webinar.attendance.v1')
    )
    GROUP BY person_id
) AS said
LEFT JOIN
(
    SELECT person_id, same_as FROM persons FINAL WHERE webinar_id = {webinar_id:String}
) AS stored ON stored.person_id = said.person_id
LEFT JOIN
(
    SELECT
        person_id,
        {status_at {at_ms}} AS present_status
    FROM persons FINAL
    WHERE webinar_id = {webinar_id:String}
) AS present ON present.person_id = counts_as
LEFT JOIN
(
    SELECT person_id, registered, registered_later, visit_all
    FROM persons_at(at = {at:DateTime64(3, 'UTC')})
    WHERE webinar_id = {webinar_id:String}
) AS person ON person.person_id = counts_as;
