-- How the counts of each webinar by source group came about: what changed by each whole minute after its begin (before
-- it: negative), until its end. The sum up to minute m are the counts at equal elapsed time m. Visits as the live events
-- say them: what a service reports only after the end is not in them. Where a begin moved, the visits of a person are
-- missing until the worker has written the row anew.
CREATE OR REPLACE VIEW minute_counts AS
SELECT
    webinar_id,
    {source_group by_key} AS source_group,
    minute,
    sum(by_key.registrations) AS registrations,
    sum(by_key.registered_visits) AS registered_visits,
    sum(by_key.registered_visits_5m) AS registered_visits_5m,
    sum(by_key.registered_visits_30m) AS registered_visits_30m,
    sum(by_key.visits_all) AS visits_all,
    sum(by_key.walk_ins) AS walk_ins
FROM
(
    SELECT
        webinar_id,
        source,
        change.{change.minute} AS minute,
        sum(change.{change.registrations}) AS registrations,
        sum(change.{change.registered_visits}) AS registered_visits,
        sum(change.{change.registered_visits_5m}) AS registered_visits_5m,
        sum(change.{change.registered_visits_30m}) AS registered_visits_30m,
        sum(change.{change.visits_all}) AS visits_all,
        sum(change.{change.walk_ins}) AS walk_ins
    FROM
    (
        SELECT
            webinar_id,
            source,
            arrayJoin(arrayMap(
                (m, now, before) -> (
                    m,
                    now.{state.registrations} - before.{state.registrations},
                    now.{state.registered_visits} - before.{state.registered_visits},
                    now.{state.registered_visits_5m} - before.{state.registered_visits_5m},
                    now.{state.registered_visits_30m} - before.{state.registered_visits_30m},
                    now.{state.visits_all} - before.{state.visits_all},
                    now.{state.walk_ins} - before.{state.walk_ins}),
                minutes, states, arrayPopBack(arrayPushFront(states, tuple(0, 0, 0, 0, 0, 0))))) AS change
        FROM
        (
            SELECT
                webinar_id,
                source,
                minutes,
                arrayMap(
                    (good, present, came, came_5m, came_30m) -> (
                        toInt64(good), toInt64(good AND came), toInt64(good AND came_5m), toInt64(good AND came_30m),
                        toInt64(present), toInt64(present AND NOT good)),
                    goods, presents, cames, cames_5m, cames_30m) AS states
            FROM
            (
                SELECT
                    webinar_id,
                    source,
                    minutes,
                    arrayMap(m -> least(begin_ms + m * 60000, end_ms), minutes) AS moments,
                    arrayMap(
                        t -> stands AND {good {status_at t}},
                        moments) AS goods,
                    arrayMap(t -> first_session_at <= t, moments) AS presents,
                    arrayMap(t -> visit_at <= t, moments) AS cames,
                    arrayMap(t -> visit_5m_at <= t, moments) AS cames_5m,
                    arrayMap(t -> visit_30m_at <= t, moments) AS cames_30m
                FROM
                (
                    SELECT
                        person.webinar_id AS webinar_id,
                        person.source AS source,
                        person.registration_at AS registration_at,
                        person.registration_status AS registration_status,
                        person.first_session_at AS first_session_at,
                        webinar.begin_ms AS begin_ms,
                        webinar.end_ms AS end_ms,
                        if(person.begin_used = webinar.begin_ms, person.reached_visit_at, {never}) AS visit_at,
                        if(person.begin_used = webinar.begin_ms, person.reached_5m_at, {never}) AS visit_5m_at,
                        if(person.begin_used = webinar.begin_ms, person.reached_30m_at, {never}) AS visit_30m_at,
                        {stands {status_at webinar.at_ms}} AS stands,
                        arraySort(arrayDistinct(arrayMap(
                            instant -> toInt64(ceil((instant - begin_ms) / 60000)),
                            arrayFilter(
                                instant -> instant <= if(webinar.begun, end_ms, webinar.at_ms),
                                arrayConcat(person.registration_at,
                                    [person.first_session_at, visit_at, visit_5m_at, visit_30m_at]))))) AS minutes
                    FROM
                    (
                        {who_counts
                            webinar_id, source, registration_at, registration_status, first_session_at, begin_used,
                            reached_visit_at, reached_5m_at, reached_30m_at}
                    ) AS person
                    INNER JOIN
                    (
                        SELECT
                            webinar_id, begun, {at_ms} AS at_ms,
                            if(begin_ms < {never}, begin_ms, starts_at) AS begin_ms,
                            if(begun, end_ms, {never}) AS end_ms
                        FROM windows_at(at = {at:DateTime64(3, 'UTC')})
                    ) AS webinar ON webinar.webinar_id = person.webinar_id
                )
            )
        )
    )
    GROUP BY webinar_id, source, minute
) AS by_key
{sources_of by_key}
GROUP BY webinar_id, source_group, minute;
