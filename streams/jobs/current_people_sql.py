"""What the job that keeps new and returning people (current_people.py) asks ClickHouse, and the rows that it writes."""

from clickhouse.at import AT
from clickhouse.sql import rendered

CHANGED = rendered("""
SELECT
    toString({kept_until 1}) AS at,
    (SELECT thresholds FROM rules FINAL) AS thresholds,
    toYear({kept_until 1}) > 1970 AS complete,
    toYear({kept_until 2}) = 1970 AS first
""")
"""The moment of a turn: until when current_webinars is complete. first: no turn ever came to its end."""

DUE = rendered("""
SELECT
    webinar.webinar_id AS webinar_id,
    toString(webinar.made_at) AS kept_at,
    webinar.begin_ms AS begin_ms,
    people.begin_ms AS begin_was,
    people.registered AS registered
FROM
(
    SELECT webinar_id, made_at, begin_ms, thresholds FROM current_webinars FINAL WHERE thresholds = {thresholds}
) AS webinar
LEFT JOIN
(
    SELECT webinar_id, kept_at, begin_ms, registered, thresholds FROM current_people FINAL
) AS people ON people.webinar_id = webinar.webinar_id
WHERE {first:Bool} OR people.kept_at != webinar.made_at OR people.thresholds != webinar.thresholds
ORDER BY webinar.begin_ms DESC, webinar_id
""")
"""The webinars whose row does not go with that of current_webinars; at first all."""

REGISTERED = rendered("""
SELECT webinar_id, groupBitXor(cityHash64(person_id, first_at)) AS registered
FROM first_registrations
WHERE webinar_id IN {webinar_ids:Array(String)} AND counts AND first_at <= {at_ms}
GROUP BY webinar_id
""")
"""Of these webinars a number that is another one where other persons ever registered."""

_OF_PERSONS = """
    SELECT person_id, webinar_id, counts, first_at
    FROM first_registrations
    WHERE webinar_id IN {webinar_ids:Array(String)}
"""
_OTHER = f"""
SELECT
    person.person_id AS person_id, person.webinar_id AS webinar_id, person.counts AS counts,
    person.first_at AS first_at
FROM
({_OF_PERSONS}) AS person
LEFT JOIN
(
    SELECT person_id, webinar_id, counts, first_at
    FROM person_registrations FINAL
    WHERE person_id IN (SELECT person_id FROM first_registrations WHERE webinar_id IN {{webinar_ids:Array(String)}})
        AND webinar_id IN {{webinar_ids:Array(String)}}
) AS kept ON kept.person_id = person.person_id AND kept.webinar_id = person.webinar_id
WHERE if(
    kept.webinar_id = '', person.first_at < {{never}},
    (kept.counts, kept.first_at) != (person.counts, person.first_at))
"""
"""Who registered for these webinars otherwise than it is kept."""

OTHER = rendered(f"{_OTHER} LIMIT {{most:UInt32}}")
"""The first so many of them."""

AFFECTED = rendered("""
SELECT DISTINCT webinar_id
FROM person_registrations FINAL
WHERE person_id IN
    (
        SELECT arrayJoin({person_ids:Array(String)})
        UNION ALL
        SELECT person_id FROM first_registrations WHERE webinar_id IN {moved:Array(String)}
    )
    AND webinar_id NOT IN {webinar_ids:Array(String)}
    AND webinar_id IN
    (
        SELECT people.webinar_id FROM current_people AS people FINAL
        WHERE people.begin_ms > {since:Int64} AND toYear(people.kept_at) > 1970
    )
""")
"""The later webinars of these persons: somebody who was new there may return, or the other way round."""

_MARK = """
INSERT INTO current_people (webinar_id, kept_at, begin_ms, registered, thresholds, parts)
SELECT webinar_id, toDateTime64(0, 3, 'UTC'), begin_ms, registered, thresholds, parts
FROM current_people FINAL
"""
MARK = f"{_MARK} WHERE webinar_id IN {{webinar_ids:Array(String)}}"
MARK_ALL = _MARK

REGISTER = rendered(f"""
INSERT INTO person_registrations (person_id, webinar_id, counts, first_at)
SELECT person_id, webinar_id, counts, first_at FROM ({_OTHER})
""")

REGISTER_ALL = rendered(f"""
INSERT INTO person_registrations (person_id, webinar_id, counts, first_at)
SELECT person_id, webinar_id, counts, first_at FROM ({_OF_PERSONS}) WHERE first_at < {{never}}
""")
"""The same where nothing is kept yet."""

KEEP = rendered(f"""
INSERT INTO current_people (webinar_id, kept_at, begin_ms, registered, thresholds, parts)
SELECT
    standing.webinar_id AS webinar_id,
    toDateTime64({{kept_at:Array(String)}}[indexOf({{webinar_ids:Array(String)}}, standing.webinar_id)], 3, 'UTC')
        AS kept_at,
    {{begin_ms:Array(Int64)}}[indexOf({{webinar_ids:Array(String)}}, standing.webinar_id)] AS begin_ms,
    {{registered:Array(UInt64)}}[indexOf({{webinar_ids:Array(String)}}, standing.webinar_id)] AS registered,
    {{thresholds}} AS thresholds,
    standing.parts AS parts
FROM standing_people_at(at = {AT}, webinar_ids = {{webinar_ids:Array(String)}}) AS standing
""")
