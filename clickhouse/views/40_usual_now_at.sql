-- What is usual for each webinar that is on, at the minute that it has come to: [low, middle, high] of its conversions,
-- of the same earlier webinars as in usual_course_at, each as it stood at that minute. No row where fewer than three
-- lasted so long.
CREATE OR REPLACE VIEW usual_now_at AS
SELECT
    webinar_id,
    count() AS n,
    quantilesExactWeighted(0.1, 0.5, 0.9)(came / registered, weight) AS came_band,
    quantilesExactWeighted(0.1, 0.5, 0.9)(stayed_5m / registered, weight) AS stayed_5m_band,
    quantilesExactWeighted(0.1, 0.5, 0.9)(stayed_30m / registered, weight) AS stayed_30m_band
FROM
(
    SELECT
        alike.webinar_id AS webinar_id,
        alike.weight AS weight,
        count() AS registered,
        countIf(person.begin_used = alike.begin_at AND person.reached_visit_at <= alike.moment) AS came,
        countIf(person.begin_used = alike.begin_at AND person.reached_5m_at <= alike.moment) AS stayed_5m,
        countIf(person.begin_used = alike.begin_at AND person.reached_30m_at <= alike.moment) AS stayed_30m
    FROM counted_persons AS person
    INNER JOIN
    (
        SELECT
            live.webinar_id AS webinar_id,
            live.pair.2 AS weight,
            member.webinar_id AS member,
            member.begin_at AS begin_at,
            member.begin_at + 60000 * live.minute AS moment
        FROM
        (
            SELECT
                on_now.webinar_id AS webinar_id,
                on_now.minute AS minute,
                arrayJoin(arraySlice(arrayFilter(one -> one.2 > 0, arrayZip(usual.members, usual.weights)), 1, 12)) AS pair
            FROM usual
            INNER JOIN
            (
                SELECT webinar_id, intDiv(at_ms - begin_at, 60000) AS minute
                FROM on_now_ids(at = {at:DateTime64(3, 'UTC')})
                WHERE begun
            ) AS on_now ON on_now.webinar_id = usual.webinar_id
        ) AS live
        INNER JOIN (SELECT webinar_id, begin_at, end_at FROM webinar_instants FINAL) AS member
            ON member.webinar_id = live.pair.1
        WHERE member.begin_at + 60000 * live.minute <= member.end_at
    ) AS alike ON alike.member = person.webinar_id
    -- By name: so that the others' persons are not even read.
    WHERE person.webinar_id IN
    (
        SELECT arrayJoin(arraySlice(arrayFilter((member, weight) -> weight > 0, members, weights), 1, 12))
        FROM usual
        WHERE webinar_id IN (SELECT webinar_id FROM on_now_ids(at = {at:DateTime64(3, 'UTC')}))
    )
        AND person.registration_status[arrayLastIndex(instant -> instant <= alike.moment, person.registration_at)] IN (1, 2)
    GROUP BY alike.webinar_id, alike.member, alike.weight
)
GROUP BY webinar_id
HAVING n >= 3;
