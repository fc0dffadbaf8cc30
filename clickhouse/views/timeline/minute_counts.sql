-- How the counts of each webinar by source group came about: what changed by each whole minute after its start (before
-- it: negative), until its end. The sum up to minute m are the counts at equal elapsed time m. Visits as the live events
-- say them: what a service reports only after the end is not in them. Where a start moved, the visits of a person are
-- missing until the worker has written the row anew.
CREATE OR REPLACE VIEW minute_counts AS
SELECT
    webinar_id,
    {source_group by_key} AS source_group,
    minute,
    sum(by_key.registrations) AS registrations,
    {each watched: sum(by_key.registered_visits{ending}) AS registered_visits{ending}},
    sum(by_key.visits_all) AS visits_all,
    sum(by_key.walk_ins) AS walk_ins
FROM
(
    SELECT
        webinar_id,
        source,
        change.{change.minute} AS minute,
        sum(change.{change.registrations}) AS registrations,
        {each watched: sum(change.{change.registered_visits{ending}}) AS registered_visits{ending}},
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
                    {each watched: now.{state.registered_visits{ending}} - before.{state.registered_visits{ending}}},
                    now.{state.visits_all} - before.{state.visits_all},
                    now.{state.walk_ins} - before.{state.walk_ins}),
                minutes, states, arrayPopBack(arrayPushFront(states, tuple(0, {each watched: 0}, 0, 0))))) AS change
        FROM
        (
            SELECT
                webinar_id,
                source,
                minutes,
                arrayMap(
                    (good, present, {each watched: came{ending}}) -> (
                        toInt64(good), {each watched: toInt64(good AND came{ending})},
                        toInt64(present), toInt64(present AND NOT good)),
                    goods, presents, {each watched: cames{ending}}) AS states
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
                    {each watched: arrayMap(t -> visit{ending}_at <= t, moments) AS cames{ending}}
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
                        {each stayed: if(person.begin_used = webinar.begin_ms, person.reached[{reached.{column}}], {never}) AS visit{ending}_at},
                        {stands {status_at webinar.at_ms}} AS stands,
                        arraySort(arrayDistinct(arrayMap(
                            instant -> toInt64(ceil((instant - begin_ms) / 60000)),
                            arrayFilter(
                                instant -> instant <= if(webinar.begun, end_ms, webinar.at_ms),
                                arrayConcat(person.registration_at,
                                    [person.first_session_at, {each watched: visit{ending}_at}]))))) AS minutes
                    FROM
                    (
                        {who_counts
                            webinar_id, source, registration_at, registration_status, first_session_at, begin_used,
                            reached_visit_at, {reached} AS reached}
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
